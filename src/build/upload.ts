import { ActionError } from '../domain/errors.ts';
import { isDrvPath, isStorePath, type DrvPath, type StorePath } from '../domain/store-path.ts';
import type { PathInfos } from '../store/closure.ts';
import { copyClosure } from '../store/copy-closure.ts';
import type { Store } from '../store/store.ts';
import { announceOnce } from './announce.ts';
import { planUpload, provesItself, type CopyInputs, type UploadPlan } from './copy-inputs.ts';
import type { Observe } from './events.ts';

/** How inputs are sent that are neither derivations nor content-addressed. */
export interface InputSending {
  readonly copyInputs: CopyInputs;
  /** Whom we are logged in as on the remote. */
  readonly remoteUser: string;
  /** The remote's settings, waited for only where they decide something. */
  readonly remoteSettings: () => Promise<ReadonlyMap<string, string> | undefined>;
}

export interface UploadRequest {
  readonly local: Store;
  readonly remote: Store;
  readonly inputs: InputSending;
  readonly observe: Observe;
  readonly signal: AbortSignal;
  /**
   * Called once all is on its way, if nothing of it can be refused: a build that is asked for from then on finds its derivations there, and
   * no round trip is spent on waiting for that. Not called where it is not so sure.
   */
  readonly onQueued?: (() => void) | undefined;
}

/**
 * Makes derivations and all that they refer to valid on the remote: one query and one stream. Inputs that a store does not take from
 * just anybody are substituted there if possible, which takes one more query where there are such inputs.
 * @param keys derivations; store paths that are none are passed over, for the remote has to get those itself
 * @returns why it was not possible, by derivation
 */
export async function upload(
  request: UploadRequest,
  keys: readonly StorePath[],
): Promise<ReadonlyMap<StorePath, ActionError>> {
  const { local, remote, observe, signal } = request;
  const drvPaths = keys.filter((key) => isDrvPath(key));
  const refused = new Set<StorePath>();
  let derivations = 0;
  const onProgress = announceOnce('uploading', (event) =>
    observe(event.kind === 'uploading' ? { ...event, derivations } : event),
  );
  for (;;) {
    let failures: UploadPlan['failures'] = new Map();
    let isSure = false;
    const select = async (missing: PathInfos): Promise<PathInfos> => {
      const plan = await planFor(request, missing, drvPaths, refused);
      failures = plan.failures;
      derivations = [...plan.infos.keys()].filter((path) => isDrvPath(path)).length;
      isSure = refused.size === 0 && [...missing.values()].every(provesItself);
      return plan.infos;
    };
    try {
      await copyClosure({
        from: local,
        to: remote,
        near: 'source',
        roots: drvPaths,
        select,
        check: 'no-signature-check',
        signal,
        onQueued: () => isSure && request.onQueued?.(),
        onProgress,
      });
      return failures;
    } catch (error) {
      // The daemon tells of one path, when it has come to it: the others go again without it. Each turn refuses another.
      const path = refusedPath(error);
      if (path === undefined || refused.has(path)) throw error;
      refused.add(path);
    }
  }
}

async function planFor(
  { remote, inputs }: UploadRequest,
  missing: PathInfos,
  drvPaths: readonly DrvPath[],
  refused: ReadonlySet<StorePath>,
): Promise<UploadPlan> {
  const doubtful = [...missing.values()].filter((info) => !provesItself(info));
  if (doubtful.length === 0) return { infos: missing, failures: new Map() };
  const substituted = await remote.queryValidPaths(
    doubtful.map(({ path }) => path),
    'substitute',
  );
  const { trust } = await remote.greeting;
  const left = new Map([...missing].filter(([path]) => !substituted.has(path)));
  return planUpload(left, drvPaths, {
    ...inputs,
    trust,
    remoteSettings: trust === 'untrusted' ? await inputs.remoteSettings() : undefined,
    refused,
    remoteLabel: remote.label,
  });
}

/** Which path a daemon did not take for want of a signature. */
function refusedPath(error: unknown): StorePath | undefined {
  if (!(error instanceof ActionError) || error.code !== 'signature-required') return undefined;
  const path = /cannot add path '([^']+)'/.exec(error.message)?.[1] ?? '';
  return isStorePath(path) ? path : undefined;
}
