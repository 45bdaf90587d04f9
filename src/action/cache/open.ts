import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Endpoint } from '../../build/access.ts';
import { findKeyBlocks } from '../../ssh/key-text.ts';
import type { Secrets } from '../secrets.ts';
import { KeptCache, type KeptCacheOptions } from './kept-cache.ts';
import { Seal } from './seal.ts';
import { CacheService } from './service.ts';

/** What a cache is opened with. */
export interface KeptSource extends Pick<
  KeptCacheOptions,
  'aside' | 'signal' | 'onFound' | 'onTrouble'
> {
  readonly secrets: Secrets;
  /** Where the step logs in: a key file of theirs counts where the inputs have no key. */
  readonly endpoints: readonly Pick<Endpoint, 'sshKey'>[];
  readonly env: NodeJS.ProcessEnv;
}

/** @returns undefined where the job has no cache, or no private key to seal with */
export async function openKept(source: KeptSource): Promise<KeptCache | undefined> {
  const { env, aside, signal, onFound, onTrouble } = source;
  const service = CacheService.of(env);
  const secret = service && (await secretOf(source));
  if (!service || secret === undefined) return undefined;
  const seal = new Seal(secret);
  const { platform, arch } = process;
  return new KeptCache({
    ...{ service, seal, aside, signal, onFound, onTrouble },
    // Other keys have other names: an entry whose key is lost would keep its name for ever, for entries cannot be replaced.
    prefix: `nix-remote-build-1-${platform}-${arch}-${seal.id}-`,
    run: runName(env),
  });
}

/** Jobs of a matrix share the number of their run. */
function runName(env: NodeJS.ProcessEnv): string {
  const [id = '0', attempt = '1'] = [env['GITHUB_RUN_ID'], env['GITHUB_RUN_ATTEMPT']];
  return `${id}-${attempt}-${randomUUID().slice(0, 8)}`;
}

/** All private keys that are at hand, in no order, whatever became of their line ends, with the passphrase without which they are none. */
async function secretOf({ secrets, endpoints }: KeptSource): Promise<string | undefined> {
  const texts = secrets['ssh-key'] === '' ? await keyFiles(endpoints) : [secrets['ssh-key']];
  try {
    const blocks = new Set(texts.flatMap((text) => findKeyBlocks(text)));
    if (blocks.size === 0) return undefined;
    return [...[...blocks].sort(), secrets['ssh-key-passphrase']].join('\0');
  } catch {
    return undefined; // whoever logs in with it says what is wrong
  }
}

async function keyFiles(endpoints: KeptSource['endpoints']): Promise<readonly string[]> {
  const files = new Set(endpoints.flatMap(({ sshKey }) => sshKey ?? []));
  return Promise.all([...files].map((file) => readFile(file, 'utf8').catch(() => '')));
}
