import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  makeSigningKey,
  recipes,
  startNixHost,
  type Attributes,
  type NixHost,
} from '../../lab/index.ts';
import { upload } from '../../src/build/upload.ts';
import type { StepEvent } from '../../src/build/events.ts';
import type { ByteStream } from '../../src/domain/byte-stream.ts';
import type { DrvPath, StorePath } from '../../src/domain/store-path.ts';
import { openStore } from '../../src/store/daemon-store.ts';
import { signHere } from '../helpers/copy-inputs.ts';
import { buildOut, instantiate } from '../store/graphs.ts';
import { counting, processStream, socketStream } from '../store/streams.ts';

let source: NixHost;
let destination: NixHost;

beforeAll(async () => {
  source = await startNixHost({ name: 'source' });
  destination = await startNixHost({ name: 'destination' });
});

afterAll(async () => {
  await Promise.all([source.stop(), destination.stop()]);
});

/** A path of the source's store that is input-addressed and not signed. */
async function built(attributes: Attributes): Promise<StorePath> {
  const [drvPath] = Object.values(await instantiate(source, attributes));
  const store = openStore(socketStream(source), { label: 'the source' });
  try {
    if (!drvPath) throw new Error('nothing was instantiated');
    return await buildOut(store, drvPath);
  } finally {
    store.close();
  }
}

/** A derivation with this path among its sources, which pure evaluation allows. */
function using(name: string, path: StorePath): string {
  const context = `source = builtins.appendContext "${path}" { "${path}" = { path = true; }; };`;
  return recipes.script(name, 'cat $source > $out', context);
}

interface Uploaded {
  readonly failures: ReadonlyMap<StorePath, { readonly message: string }>;
  readonly exchanges: number;
  readonly events: readonly StepEvent[];
}

function uploadAs(user: 'root' | 'ci', drvPaths: readonly DrvPath[]): Promise<Uploaded> {
  const stream =
    user === 'root' ? socketStream(destination) : processStream(destination.stdioDaemon(user));
  return uploadTo(stream, user, drvPaths, new AbortController().signal);
}

async function uploadTo(
  stream: ByteStream,
  remoteUser: string,
  drvPaths: readonly DrvPath[],
  signal: AbortSignal,
): Promise<Uploaded> {
  const counted = counting(stream);
  const local = openStore(socketStream(source), { label: 'the source' });
  const remote = openStore(counted.stream, { label: 'the destination' });
  const remoteSettings = (): Promise<undefined> => Promise.resolve(undefined);
  const inputs = { copyInputs: 'auto', remoteUser, remoteSettings } as const;
  const events: StepEvent[] = [];
  const observe = (event: StepEvent): void => void events.push(event);
  try {
    await Promise.all([local.greeting, remote.greeting]);
    const before = counted.exchanges.count;
    const failures = await upload({ local, remote, inputs, observe, signal }, drvPaths);
    return { failures, exchanges: counted.exchanges.count - before, events };
  } finally {
    local.close();
    remote.close();
  }
}

it('takes a query and a stream, and one more query only where a path does not prove itself', async () => {
  const path = await built({ input: recipes.file('input', 1000) });
  const { plain, user } = await instantiate(source, {
    plain: recipes.script('plain', 'echo plain > $out'),
    user: using('user', path),
  });
  if (!plain || !user) throw new Error('not instantiated');
  const common = await uploadAs('ci', [plain]);
  expect(common.exchanges).toBe(2);
  const more = await uploadAs('root', [plain, user]);
  expect(more.exchanges).toBe(3);
  expect(await destination.validPaths([plain, user, path])).toEqual(new Set([plain, user, path]));
  for (const { failures } of [common, more]) expect(failures.size).toBe(0);
});

it('goes on in the same session after the daemon has refused a large path in mid-stream', async () => {
  const path = await built({ big: recipes.file('big', 50_000_000) });
  await signHere(source, path, makeSigningKey('lab-stranger-1').secretKey);
  const names = Array.from({ length: 30 }, (_, index) => `other${index}`);
  const drvPaths = await instantiate(source, {
    user: using('user-of-big', path),
    ...Object.fromEntries(names.map((name) => [name, recipes.script(name, 'echo > $out')])),
  });
  const { user } = drvPaths;
  const { failures, events } = await uploadAs('ci', Object.values(drvPaths));
  expect([...failures.keys()]).toEqual([user]);
  const others = names.map((name) => `${drvPaths[name]}`);
  expect(await destination.validPaths([path, `${user}`, ...others])).toEqual(new Set(others));
  expect(events.map(({ kind }) => kind)).toEqual(['uploading']);
});

it('ends when it is cancelled while the remote waits for a substituter that does not answer', async () => {
  const silent = createServer();
  const asked = once(silent, 'connection');
  await once(silent.listen(0, '127.0.0.1'), 'listening');
  const { port } = silent.address() as AddressInfo;
  await using waiting = await startNixHost({ substituters: [`http://127.0.0.1:${port}`] });
  const path = await built({ late: recipes.file('late', 1000) });
  const { user } = await instantiate(source, { user: using('user-of-late', path) });

  const aborting = new AbortController();
  const uploading = uploadTo(socketStream(waiting), 'root', user ? [user] : [], aborting.signal);
  const ended = expect(uploading).rejects.toMatchObject({ code: 'cancelled' });
  await asked;
  aborting.abort();
  await ended;
  silent.close();
  expect(await waiting.validPaths([`${user}`, path])).toEqual(new Set());
});
