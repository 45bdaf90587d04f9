import { lstat, readlink, rename, symlink, unlink } from 'node:fs/promises';
import path from 'node:path';
import { ActionError, asActionError } from '../domain/errors.ts';
import { STORE_DIR, type StorePath } from '../domain/store-path.ts';
import type { Store } from '../store/store.ts';

/** One attribute whose outputs get links. */
export interface LinkedAttribute {
  /** Position of its installable among all, from 0. */
  readonly position: number;
  /** The attribute's name below an installable that expanded to several; undefined if the installable is the attribute. */
  readonly memberName: string | undefined;
  /** The attribute's whole path, for names that would clash. */
  readonly attribute: string;
  readonly outputs: ReadonlyMap<string, StorePath>;
}

export interface OutLink {
  /** File name, relative to the folder of the links. */
  readonly name: string;
  readonly target: StorePath;
}

/**
 * Names links as `nix build` does: `result`, `result-1`, `result-1-dev` by the installable's position; members of an expanded set
 * are `result-<member>`, or `result-<attribute path>` where two members would share a name.
 */
export function nameOutLinks(prefix: string, attributes: readonly LinkedAttribute[]): OutLink[] {
  const members = attributes.map(({ memberName }) => memberName && toFileName(memberName));
  const seen = new Set<string>();
  const clashes = new Set<string>();
  for (const name of members) {
    if (name === undefined) continue;
    (seen.has(name) ? clashes : seen).add(name);
  }
  return attributes.flatMap((attribute) => {
    const stem = linkStem(prefix, attribute, clashes);
    return [...attribute.outputs].map(([output, target]) => ({
      name: output === 'out' ? stem : `${stem}-${output}`,
      target,
    }));
  });
}

function linkStem(
  prefix: string,
  { position, memberName, attribute }: LinkedAttribute,
  clashes: ReadonlySet<string>,
): string {
  if (memberName !== undefined) {
    const name = toFileName(memberName);
    return `${prefix}-${clashes.has(name) ? toFileName(attribute) : name}`;
  }
  return position === 0 ? prefix : `${prefix}-${position}`;
}

/** With nothing in it but what a store path's name may hold. */
function toFileName(name: string): string {
  return name.replaceAll(/[^0-9a-zA-Z+\-._?=]/g, '_');
}

/**
 * Links every copied output. What cannot be linked is told, and does not keep the others from it.
 * @param directory where relative prefixes are
 */
export async function linkOutputs(
  directory: string,
  prefix: string,
  attributes: readonly LinkedAttribute[],
  store: Store,
): Promise<readonly ActionError[]> {
  const failures: ActionError[] = [];
  for (const link of nameOutLinks(prefix, attributes)) {
    try {
      await makeOutLink(directory, link, store);
    } catch (thrown) {
      failures.push(asActionError(thrown));
    }
  }
  return failures;
}

/**
 * Makes a link and protects its target from garbage collection. Only a link into the store is ever replaced.
 * @throws ActionError `input-invalid` when something else is in the way.
 */
async function makeOutLink(directory: string, link: OutLink, store: Store): Promise<void> {
  const file = path.resolve(directory, link.name);
  await refuseForeignFile(file);
  const fresh = `${file}.tmp-${process.pid}`;
  await symlink(link.target, fresh);
  try {
    await rename(fresh, file);
  } catch (error) {
    await unlink(fresh);
    throw error;
  }
  await store.addIndirectRoot(file);
}

async function refuseForeignFile(file: string): Promise<void> {
  const stats = await lstat(file).catch(() => undefined);
  if (!stats) return;
  if (stats.isSymbolicLink() && (await readlink(file)).startsWith(`${STORE_DIR}/`)) return;
  throw new ActionError(
    'input-invalid',
    `out-link: ${file} exists and is not a link into ${STORE_DIR}`,
    {
      hint: 'Remove it, or choose another prefix with out-link.',
    },
  );
}
