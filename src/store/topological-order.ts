import { ActionError } from '../domain/errors.ts';
import type { PathInfo } from '../domain/path-info.ts';
import type { StorePath } from '../domain/store-path.ts';

/**
 * Sorts paths so that each comes after those it refers to, as a store needs them to be added.
 * References to other paths, or to itself, do not matter. Without recursion: closures can be thousands deep.
 * @throws ActionError `protocol-violation` if paths refer to each other in a circle, which no honest store says
 */
export function topologicalOrder(infos: ReadonlyMap<StorePath, PathInfo>): PathInfo[] {
  const order: PathInfo[] = [];
  const done = new Set<StorePath>();
  for (const info of infos.values()) {
    if (!done.has(info.path)) visit(info, infos, done, order);
  }
  return order;
}

interface Step {
  readonly info: PathInfo;
  readonly references: Iterator<StorePath>;
}

function visit(
  root: PathInfo,
  infos: ReadonlyMap<StorePath, PathInfo>,
  done: Set<StorePath>,
  order: PathInfo[],
): void {
  const steps: Step[] = [{ info: root, references: root.references.values() }];
  const open = new Set([root.path]);
  for (let step = steps.at(-1); step; step = steps.at(-1)) {
    const next = step.references.next();
    if (next.done === true) {
      steps.pop();
      open.delete(step.info.path);
      done.add(step.info.path);
      order.push(step.info);
      continue;
    }
    const info = infos.get(next.value);
    if (!info || info === step.info || done.has(info.path)) continue;
    if (open.has(info.path)) throw circle(info.path);
    open.add(info.path);
    steps.push({ info, references: info.references.values() });
  }
}

function circle(path: StorePath): ActionError {
  return new ActionError('protocol-violation', `${path} refers to itself by way of other paths`);
}
