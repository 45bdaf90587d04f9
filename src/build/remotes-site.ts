import type { LocalStore } from '../store/local-store.ts';
import type { SignatureCheck } from '../store/store.ts';
import { openEvaluationStore } from './evaluation-store.ts';
import { localImportCheck } from './local-import.ts';
import type { Site } from './site.ts';
import type { StepContext, StepRequest } from './step-request.ts';
import type { StoreConnections } from './store-connections.ts';

/**
 * Remote stores that build.
 * @param opened takes what has to be closed
 */
export function remotesSite(
  request: StepRequest,
  { connected, systems }: StoreConnections,
  context: StepContext,
  local: Promise<LocalStore>,
  opened: AsyncDisposableStack,
): Site {
  const check = async (): Promise<SignatureCheck> => {
    const [localStore, remotes] = await Promise.all([local, connected]);
    const checks = remotes.map(({ place }) => localImportCheck(localStore, place, context));
    // What differs is only who is refused.
    const [first] = await Promise.all(checks);
    return first ?? 'check-signatures';
  };
  const store = openEvaluationStore(
    { request, context, connected: () => connected, importCheck: check },
    opened,
  );
  return {
    connected,
    store,
    systems,
    // Asked before anything is built: a build whose outputs nobody can take is of no use.
    importCheck: request.copy.kind === 'none' ? Promise.resolve(undefined) : check(),
  };
}
