import { ActionError } from '../domain/errors.ts';
import type { PathInfo } from '../domain/path-info.ts';
import type { StorePath } from '../domain/store-path.ts';
import type { Store, Substitution } from './store.ts';

export type PathInfos = ReadonlyMap<StorePath, PathInfo>;

/**
 * A closure in one exchange, where a remote offers that (`queryClosureByServe`). Only a short cut: where it fails, levels of references
 * are asked for one after the other.
 */
export type QueryClosure = (roots: readonly StorePath[]) => Promise<readonly StorePath[]>;

/** What of the two stores finding out takes. */
export interface ClosureStores {
  readonly from: Pick<Store, 'label' | 'queryPathInfos'>;
  readonly to: Pick<Store, 'queryValidPaths'>;
}

/** Which paths a copy is about. */
export interface ClosureRequest extends ClosureStores {
  readonly roots: readonly StorePath[];
  /** Paths that may belong to the closure: asked for at once, so that depth costs no round trips. */
  readonly candidates?: Iterable<StorePath> | undefined;
  /** What the source has said of paths already; it is not asked again. */
  readonly known?: PathInfos | undefined;
  /** Nothing but these and the roots can belong to the closure: a source that refers to anything else lies. */
  readonly only?: ReadonlySet<StorePath> | undefined;
  readonly queryClosure?: QueryClosure | undefined;
  readonly substitution?: Substitution | undefined;
}

/**
 * What of the roots' closure is missing at the destination, for a destination that is near: it is asked first at every step, so
 * that the source, which is far, is only asked for what is missing. One exchange with the source if all is among the candidates,
 * else one more for each level of references outside them.
 */
export async function missingAtNear(request: ClosureRequest): Promise<PathInfos> {
  const { from, to, roots } = request;
  const known = new Map(request.known);
  const valid = new Set(await to.queryValidPaths(roots, request.substitution));
  if (roots.every((path) => valid.has(path))) return new Map();
  let unknown = new Set([...roots, ...(await firstGuess(request))]);
  while (unknown.size > 0) {
    const asked = [...unknown];
    for (const path of await to.queryValidPaths(asked, request.substitution)) valid.add(path);
    const missing = asked.filter((path) => !valid.has(path));
    refuseStrangers(missing, known, request);
    const strange = missing.filter((path) => !known.has(path));
    for (const [path, info] of await from.queryPathInfos(strange)) known.set(path, info);
    const closure = reachable(roots, known, valid);
    unknown = new Set(closure.unknown);
    const absent = asked.find((path) => unknown.has(path));
    if (absent) throw notValid(absent, from, roots);
  }
  return reachable(roots, known, valid).infos;
}

/**
 * The same for a source that is near: its closure is walked there, and the destination asked once.
 */
export async function missingAtFar(request: ClosureRequest): Promise<PathInfos> {
  const { from, to, roots } = request;
  const known = new Map<StorePath, PathInfo>();
  const none = new Set<StorePath>();
  let unknown = new Set([...roots, ...(await firstGuess(request))]);
  while (unknown.size > 0) {
    const asked = [...unknown];
    for (const [path, info] of await from.queryPathInfos(asked)) known.set(path, info);
    unknown = new Set(reachable(roots, known, none).unknown);
    const absent = asked.find((path) => unknown.has(path));
    if (absent) throw notValid(absent, from, roots);
  }
  const { infos } = reachable(roots, known, none);
  const valid = await to.queryValidPaths([...infos.keys()], request.substitution);
  return reachable(roots, known, valid).infos;
}

async function firstGuess({
  roots,
  candidates,
  queryClosure,
}: ClosureRequest): Promise<Iterable<StorePath>> {
  if (candidates) return candidates;
  return queryClosure ? await queryClosure(roots).catch(() => []) : [];
}

/** Of the closure of these roots, those paths whose infos are given; what is beyond a path that is not among them stays out. */
export function closureWithin(roots: readonly StorePath[], infos: PathInfos): PathInfos {
  return reachable(roots, infos, new Set()).infos;
}

interface Reachable {
  /** Of the closure, those whose info is known; a valid path ends the walk, since all it refers to is valid too. */
  readonly infos: PathInfos;
  /** Of the closure, those of which nothing is known. */
  readonly unknown: readonly StorePath[];
}

/** Walks from the roots: candidates that nothing refers to, and whatever a store says beside the question, stay out. */
function reachable(
  roots: readonly StorePath[],
  known: PathInfos,
  valid: ReadonlySet<StorePath>,
): Reachable {
  const infos = new Map<StorePath, PathInfo>();
  const unknown: StorePath[] = [];
  const seen = new Set(roots);
  const queue = [...seen];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (valid.has(path)) continue;
    const info = known.get(path);
    if (!info) {
      unknown.push(path);
      continue;
    }
    infos.set(path, info);
    for (const reference of info.references) {
      if (seen.has(reference)) continue;
      seen.add(reference);
      queue.push(reference);
    }
  }
  return { infos, unknown };
}

/** What is valid at the destination may be referred to; it is not copied. */
function refuseStrangers(
  missing: readonly StorePath[],
  known: PathInfos,
  { from, roots, only }: ClosureRequest,
): void {
  const stranger = missing.find((path) => only?.has(path) === false && !roots.includes(path));
  if (stranger === undefined) return;
  const referrer = [...known.values()].find(({ references }) => [...references].includes(stranger));
  throw new ActionError(
    'path-invalid',
    `${from.label} says that ${referrer?.path ?? ''} refers to ${stranger}, which nothing that it was built from has`,
    { hint: 'Do not trust what that machine built, before it is known why it says so.' },
  );
}

function notValid(
  path: StorePath,
  store: ClosureStores['from'],
  roots: readonly StorePath[],
): ActionError {
  const why = roots.includes(path) ? '' : ', although a valid path refers to it';
  return new ActionError('path-invalid', `${path} is not valid in ${store.label}${why}`);
}
