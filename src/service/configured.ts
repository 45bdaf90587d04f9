import type { Observe } from '../build/events.ts';
import { openGivenConf } from '../build/runner-conf.ts';
import type { StepContext } from '../build/step-request.ts';
import type { GivenConf } from '../nix/nix-conf.ts';
import type { OffloadContext } from './offload-service.ts';

/** A service's surroundings, with what the user has Nix told in force. */
export interface Configured {
  readonly context: OffloadContext & Pick<StepContext, 'observe'>;
  /** What later steps get of it. */
  readonly exports: Readonly<Record<string, string>>;
  /** They become more until the service is ready. */
  readonly warnings: readonly string[];
}

/**
 * Puts in force what the user has Nix told, for this process as for later steps.
 * @param opened takes what has to be removed
 * @throws ActionError `input-invalid` for what Nix does not take
 */
export async function configure(
  given: GivenConf,
  outer: OffloadContext,
  opened: AsyncDisposableStack,
): Promise<Configured> {
  const warnings: string[] = [];
  const observe: Observe = (event) => {
    if (event.kind === 'warning') warnings.push(event.text);
  };
  const context = { ...outer, observe, socketDirectory: outer.folder.path };
  const { env, exports } = await openGivenConf(given, context, opened);
  return { context: { ...context, env }, exports, warnings };
}
