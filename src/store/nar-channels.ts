import type { PathInfo } from '../domain/path-info.ts';
import type { NarSource, Store } from './store.ts';

/**
 * NARs in the order given, read over several sessions with the same store: while one is handed on, the others
 * read ahead. Each path goes to the session with the fewest bytes to carry so far.
 */
export function narsOverChannels(
  stores: readonly Store[],
  infos: readonly PathInfo[],
): AsyncIterable<NarSource> {
  const [only, ...others] = stores;
  return only && others.length === 0 ? only.nars(infos) : merged(stores, infos);
}

interface Channel {
  readonly store: Store;
  readonly infos: PathInfo[];
  bytes: number;
}

async function* merged(
  stores: readonly Store[],
  infos: readonly PathInfo[],
): AsyncGenerator<NarSource, void, undefined> {
  const channels = stores.map((store): Channel => ({ store, infos: [], bytes: 0 }));
  const owners = infos.map((info) => assign(channels, info));
  const iterators = new Map(
    channels.map((channel) => [channel, channel.store.nars(channel.infos)[Symbol.asyncIterator]()]),
  );
  // every session is asked for its first NARs before any is waited for
  const next = new Map([...iterators].map(([channel, iterator]) => [channel, iterator.next()]));
  try {
    for (const owner of owners) {
      const result = await next.get(owner);
      if (result === undefined || result.done === true) return;
      yield result.value;
      const iterator = iterators.get(owner);
      if (iterator) next.set(owner, iterator.next());
    }
  } finally {
    for (const iterator of iterators.values()) await iterator.return?.();
  }
}

function assign(channels: readonly Channel[], info: PathInfo): Channel {
  const lightest = channels.reduce((best, channel) =>
    channel.bytes < best.bytes ? channel : best,
  );
  lightest.infos.push(info);
  lightest.bytes += info.narSize;
  return lightest;
}
