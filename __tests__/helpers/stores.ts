import { expect } from 'vitest';
import type { Lab, NixHost } from '../../lab/index.ts';

/** Names of all valid paths of a host's store, without their hashes. */
export async function validNames(host: NixHost): Promise<string[]> {
  return (await host.allPaths()).map((path) => path.slice('/nix/store/'.length + 33));
}

/** That every path that is registered on either side is there and is what its hash says: Nix reads all of them again. */
export async function expectWholeStores({
  builder,
  runner,
}: Pick<Lab, 'builder' | 'runner'>): Promise<void> {
  for (const host of [builder, runner]) await expectWholeStore(host);
}

export async function expectWholeStore(host: NixHost): Promise<void> {
  const command = ['nix-store', '--store', 'local', '--verify', '--check-contents'];
  const { code, stderr } = await host.run(command, { user: host.owner });
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.not.stringMatching(/error|was modified|disappeared|missing|cannot/) as string,
  });
}
