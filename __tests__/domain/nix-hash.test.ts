import { expect, test } from 'vitest';
import { hashMismatchIn, hashSpellings } from '../../src/domain/nix-hash.ts';

test('a hash is spelled in base 64, base 16 and base 32 of Nix', () => {
  // nix-hash --type sha256 --to-base16, --to-base32 of 2.34.8 for the hash of nothing
  expect(hashSpellings('sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=')).toEqual([
    '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73',
  ]);
});

test.each([
  'hash mismatch in fixed-output derivation: specified: sha256-AAAA= got: sha256-BB+/',
  'hash mismatch … specified: sha256-AAAA=\n            got:    sha256-BB+/',
])('both hashes are read out of %j', (text) => {
  expect(hashMismatchIn(text)).toEqual({ specified: 'sha256-AAAA=', got: 'sha256-BB+/' });
});

test('what speaks of no hashes holds none', () => {
  expect(hashMismatchIn('Reason: builder failed with exit code 1. got: nothing')).toBeUndefined();
});
