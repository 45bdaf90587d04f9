/** Copies outputs into the local store, with the part of the action that does it. Runs on the lab's runner, in a process of its own. */
import { CopyBack } from '../../src/build/copy-back.ts';
import { outputCandidates } from '../../src/build/output-candidates.ts';
import { openLocalStore } from '../../src/store/local-store.ts';
import { timeFromConnection } from './request.ts';

await timeFromConnection(async ({ remote, derivations, env, signal, observe }) => {
  const copyBack = new CopyBack({
    openStores: async () => {
      // The session that is open already; in a whole step it builds, and copies have another, opened meanwhile.
      const [from, to] = await Promise.all([remote.buildSession(observe), openLocalStore({ env })]);
      return { from, to: to.store };
    },
    candidates: outputCandidates,
    check: 'no-signature-check',
    observe,
    signal,
  });
  for (const { drvPath, output } of derivations) {
    copyBack.enqueue({ key: drvPath, outputs: [output], validity: 'valid' });
  }
  const { failures } = await copyBack.finish();
  const [failure] = failures.values();
  if (failure) throw failure;
  await copyBack.close();
});
