import type { DerivedPath, OutputSelection } from '../domain/derived-path.ts';
import { isDrvPath, isStorePath } from '../domain/store-path.ts';
import { violation } from './wire-reader.ts';

/** `/nix/store/x.drv!out,dev`, `/nix/store/x.drv!*`, or a plain path (`DerivedPath::to_string_legacy`). */
export function derivedPathText(path: DerivedPath): string {
  if (path.kind === 'opaque') return path.path;
  return `${path.drvPath}!${path.outputs === 'all' ? '*' : path.outputs.join(',')}`;
}

/** @throws ActionError `protocol-violation`. */
export function parseDerivedPathText(text: string): DerivedPath {
  const [path = '', outputs, ...more] = text.split('!');
  if (more.length > 0 || !isStorePath(path)) throw notDerived(text);
  if (outputs === undefined) return { kind: 'opaque', path };
  if (!isDrvPath(path)) throw notDerived(text);
  return { kind: 'built', drvPath: path, outputs: parseOutputs(outputs) };
}

function parseOutputs(text: string): OutputSelection {
  return text === '*' ? 'all' : text.split(',').filter((name) => name !== '');
}

function notDerived(text: string): Error {
  return violation(`${JSON.stringify(text.slice(0, 200))} where a path to build belongs`);
}
