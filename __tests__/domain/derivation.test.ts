import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Derivation,
  parseDerivation,
  requiredSystemFeatures,
} from '../../src/domain/derivation.ts';

const OUT = '/nix/store/mw5p1s83hpgzg5hcq7pyqw61wkkz6wx3-a';

/** As derivations.cc prints strings. */
function printString(text: string): string {
  const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  return `"${text.replace(/["\\\n\r\t]/g, (each) => escapes[each] ?? `\\${each}`)}"`;
}

function printDerivation(env: ReadonlyMap<string, string>, system = 's-s'): string {
  const entries = [...env].map(([name, value]) => `(${printString(name)},${printString(value)})`);
  const inputs = `[("${OUT}.drv",["dev","out"])],["${OUT}-src"]`;
  const outputs = `[("dev","","r:sha256",""),("out","${OUT}","","")]`;
  return `Derive(${outputs},${inputs},${printString(system)},"/b",["-c","x"],[${entries.join(',')}])`;
}

const read = (text: string): Derivation => parseDerivation(text, 'x.drv');

describe('parseDerivation', () => {
  it('reads outputs, system and environment', () => {
    const derivation = read(printDerivation(new Map([['name', 'a "b"\n\\']])));
    expect([...derivation.outputs]).toEqual([
      ['dev', undefined],
      ['out', OUT],
    ]);
    expect([...derivation.inputDrvs]).toEqual([[`${OUT}.drv`, ['dev', 'out']]]);
    expect(derivation.inputSrcs).toEqual([`${OUT}-src`]);
    expect(derivation).toMatchObject({ system: 's-s', builder: '/b', args: ['-c', 'x'] });
    expect(derivation.env.get('name')).toBe('a "b"\n\\');
  });

  it('reads back any environment', () => {
    const texts = fc.dictionary(fc.string(), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(texts, (env) => {
        const map = new Map(Object.entries(env));
        expect(read(printDerivation(map)).env).toEqual(map);
      }),
    );
  });

  it('refuses whatever is cut off, longer, or of another kind', () => {
    const whole = printDerivation(new Map([['a', 'b']]));
    const cut = fc.integer({ min: 0, max: whole.length - 1 });
    fc.assert(
      fc.property(cut, (length) => {
        expect(() => read(whole.slice(0, length))).toThrow(
          'x.drv is not a derivation that Nix would write',
        );
      }),
    );
    for (const text of [`${whole} `, 'Derive([],[],[],[],"",[],[])']) {
      expect(() => read(text)).toThrow('x.drv is not a derivation that Nix would write');
    }
    expect(() => read('DrvWithVersion("xp-dyn-drv",[])')).toThrow('x.drv is a dynamic derivation');
  });
});

describe('requiredSystemFeatures', () => {
  it.each([
    [new Map<string, string>(), []],
    [new Map([['requiredSystemFeatures', 'kvm  big']]), ['kvm', 'big']],
    [new Map([['__json', '{"requiredSystemFeatures":["kvm"]}']]), ['kvm']],
    [new Map([['__json', '{}']]), []],
  ])('of %j', (env, features) => {
    expect(requiredSystemFeatures(read(printDerivation(env)))).toEqual(features);
  });
});
