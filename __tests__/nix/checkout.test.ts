import { execFileSync } from 'node:child_process';
import { mkdir, mkdtempDisposable, realpath, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { Checkout } from '../../src/nix/checkout.ts';

interface Setting extends AsyncDisposable {
  /** What lies in a store path, and in the checkout. */
  readonly source: string;
  readonly folder: string;
  readonly checkout: Checkout;
  /** Writes the same into both. */
  write(name: string, text: string): Promise<void>;
}

async function setting(): Promise<Setting> {
  const root = await mkdtempDisposable(path.join(await realpath(os.tmpdir()), 'checkout-'));
  const [store, folder] = [path.join(root.path, 'store'), path.join(root.path, 'work')];
  const source = path.join(store, 'abc-source');
  for (const each of [source, folder]) await mkdir(each, { recursive: true });
  return {
    ...{ source, folder },
    checkout: await Checkout.of([folder], process.env, store),
    write: async (name, text) => {
      for (const each of [source, folder]) await writeFile(path.join(each, name), text);
    },
    [Symbol.asyncDispose]: () => root.remove(),
  };
}

const at = { line: 3, column: 5 };

it('is the place in the checkout of the same file in the store', async () => {
  await using here = await setting();
  await here.write('flake.nix', '{ }');
  const file = path.join(here.folder, 'flake.nix');
  expect(await here.checkout.place({ file: `${here.source}/flake.nix`, ...at })).toEqual({
    file,
    ...at,
  });
  expect(await here.checkout.place({ file, ...at })).toEqual({ file, ...at });
  await writeFile(file, '{ another = 1; }');
  expect(await here.checkout.place({ file: `${here.source}/flake.nix`, ...at })).toBeUndefined();
});

it('is nowhere for what lies outside, by its name or through a link', async () => {
  await using here = await setting();
  const root = path.dirname(here.folder);
  for (const each of [root, path.dirname(here.source)]) {
    await writeFile(path.join(each, 'other'), 'the same');
  }
  for (const each of [here.source, here.folder]) {
    await symlink('../other', path.join(each, 'linked'));
  }
  const store = path.dirname(here.source);
  for (const file of [
    `${here.source}/../other`,
    `${here.folder}/../other`,
    `${store}/../other`,
    `${here.source}/linked`,
    `${here.source}/none`,
    here.source,
  ]) {
    expect(await here.checkout.place({ file, ...at }), file).toBeUndefined();
  }
});

it('reads neither what is no file, nor what is larger than code', async () => {
  await using here = await setting();
  await here.write('large', 'x'.repeat(4_000_001));
  for (const each of [here.source, here.folder]) {
    execFileSync('mkfifo', [path.join(each, 'fifo')]);
    await symlink('/dev/zero', path.join(each, 'endless'));
  }
  for (const name of ['large', 'fifo', 'endless', '.']) {
    const file = `${here.source}/${name}`;
    expect(await here.checkout.place({ file, ...at }), name).toBeUndefined();
  }
});
