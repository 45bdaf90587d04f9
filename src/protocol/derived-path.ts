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
  const path = asDerivedPath(text);
  if (path) return path;
  throw violation(`${JSON.stringify(text.slice(0, 200))} where a path to build belongs`);
}

/** What {@link derivedPathText} writes, read again; undefined for anything else, such as outputs of a dynamic derivation. */
export function asDerivedPath(text: string): DerivedPath | undefined {
  const [path = '', selection, ...more] = text.split('!');
  if (more.length > 0 || !isStorePath(path)) return undefined;
  if (selection === undefined) return { kind: 'opaque', path };
  const outputs = asOutputs(selection);
  return isDrvPath(path) && outputs ? { kind: 'built', drvPath: path, outputs } : undefined;
}

/** Names of outputs are names of store paths (`checkName`). */
const OUTPUT_NAME = /^[0-9a-zA-Z+\-._?=]+$/;

function asOutputs(text: string): OutputSelection | undefined {
  if (text === '*') return 'all';
  const names = text.split(',');
  return names.every((name) => OUTPUT_NAME.test(name)) ? names : undefined;
}
