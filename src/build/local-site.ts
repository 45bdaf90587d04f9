import { availableParallelism, tmpdir } from 'node:os';
import { daemonSocketPath } from '../nix/environment.ts';
import { readLocalSettings } from '../nix/local-settings.ts';
import { renderNixConf } from '../nix/nix-conf.ts';
import type { NixSettings } from '../nix/settings.ts';
import { openLocalStore, type LocalStore } from '../store/local-store.ts';
import { settingsUnreadable } from './builder-session.ts';
import {
  confSettings,
  deliverOptions,
  ignoredSettings,
  ignoredText,
  type BuildOptions,
} from './daemon-options.ts';
import { withGivenConf } from './given-conf.ts';
import type { EvaluationStore } from './evaluation-store.ts';
import { isTrustedByLocal } from './local-trust.ts';
import { LocalPlace } from './local-place.ts';
import type { Connected, Site } from './site.ts';
import type { StepContext, StepRequest } from './step-request.ts';
import { offeredSystems } from './systems.ts';

/** What is known before building locally. */
interface Known {
  readonly options: BuildOptions;
  readonly settings: NixSettings | undefined;
}

/**
 * The local store, which builds all by itself, whatever builders the machine has.
 * @param opened takes what has to be closed
 */
export function localSite(
  request: StepRequest,
  context: StepContext,
  local: Promise<LocalStore>,
  opened: AsyncDisposableStack,
): Site {
  const known = findOut(request, context);
  const store = evaluationStore(context, local, known);
  store.catch(() => undefined); // waited for by evaluation, unless connecting fails first
  const offered = known.then(({ settings }) => offeredSystems([], settings));
  offered.catch(() => undefined); // told by whoever waits for what is known
  return {
    connected: connect(request.options, context, known, opened),
    store,
    systems: { named: [], offered },
    importCheck: Promise.resolve(undefined),
  };
}

/** Who has machines for all builds often lets the runner build none: `max-jobs = 0` in nix.conf. */
async function findOut(
  { options: asked, nixConf }: StepRequest,
  { env, signal }: StepContext,
): Promise<Known> {
  const command = { nix: 'nix', env, signal, workingDirectory: tmpdir() };
  const settings = await readLocalSettings(command);
  const options = withGivenConf(asked, nixConf.extraConfig, settings);
  const buildsNothing = options.maxJobs === undefined && settings?.get('max-jobs') === '0';
  if (!buildsNothing) return { options, settings };
  return { options: { ...options, maxJobs: availableParallelism() }, settings };
}

/** NIX_CONFIG goes before all files that Nix reads. It is for what evaluation itself has to build. */
async function evaluationStore(
  { env }: StepContext,
  local: Promise<LocalStore>,
  known: Promise<Known>,
): Promise<EvaluationStore> {
  const [{ access }, { options }] = await Promise.all([local, known]);
  const { maxJobs, ...rest } = withoutBuilders(options);
  const { text } = renderNixConf({ maxJobs, settings: confSettings({ maxJobs, ...rest }) });
  const config = `${env['NIX_CONFIG'] ?? ''}\n${text}`;
  return { storeUri: access.storeUri, env: { ...env, NIX_CONFIG: config } };
}

async function connect(
  asked: BuildOptions,
  context: StepContext,
  known: Promise<Known>,
  opened: AsyncDisposableStack,
): Promise<readonly [Connected]> {
  const { options, settings } = await known;
  const { env, observe } = context;
  const local = await openLocalStore({ env, socketPath: daemonSocketPath(env) });
  const { store: session } = local;
  opened.defer(() => session.close());
  const place = new LocalPlace();
  const { nixVersion } = await session.greeting;
  const { setOptions } = deliverOptions(withoutBuilders(options), 'socket', nixVersion, settings);
  if (!setOptions) throw settingsUnreadable();
  await session.setOptions(setOptions);
  const trust = (await isTrustedByLocal(local, context)) ? 'trusted' : 'untrusted';
  const ignored = ignoredSettings(asked, trust);
  if (ignored.length > 0) observe({ kind: 'warning', text: ignoredText(place.label, ignored) });
  return [{ place, session, openSession: undefined, traffic: place, again: undefined }];
}

/** Any user may tell the daemon of no builders, and of builders nothing else (daemon.cc, `ClientSettings::apply`). */
function withoutBuilders(options: BuildOptions): BuildOptions {
  return { ...options, settings: new Map([...options.settings, ['builders', '']]) };
}
