/**
 * Nix texts of derivations for {@link import('./flakes.ts').flakeFiles}, one for each thing that a build can do.
 *
 * A script is the inside of a Nix string: `$out` is the shell's, `${other}` the path of another attribute's output.
 */
import type { Attributes } from './flakes.ts';

/** A Nix string; antiquotations in it work. */
function nixString(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/**
 * A derivation that runs a shell script.
 * @param attributes Nix text of further attributes: `preferLocalBuild = true;`
 */
export function script(name: string, text: string, attributes = ''): string {
  return `shWith ${nixString(name)} { ${attributes} } ${nixString(text)}`;
}

/** One file of so many bytes, the same in every build. */
export function file(name: string, bytes: number): string {
  return script(name, `yes ${name} | head -c ${bytes} > $out`);
}

/** One file of so many bytes that no compression makes smaller, another in every build. */
export function randomFile(name: string, bytes: number): string {
  return script(name, `head -c ${bytes} /dev/urandom > $out`);
}

/** `count` files that know nothing of each other: `prefix0`, `prefix1`, … */
export function wide(count: number, bytes: number, prefix = 'wide'): Attributes {
  const names = Array.from({ length: count }, (_, index) => `${prefix}${index}`);
  return Object.fromEntries(names.map((name) => [name, file(name, bytes)]));
}

/** `count` files, each of which refers to the one before it: `prefix0` refers to none, the last to all, over `count - 1` steps. */
export function chain(count: number, bytes = 0, prefix = 'chain'): Attributes {
  const entries = Array.from({ length: count }, (_, index) => {
    const name = `${prefix}${index}`;
    const before = index === 0 ? '' : `echo \${${prefix}${index - 1}}; `;
    return [name, script(name, `{ ${before}yes ${name} | head -c ${bytes}; } > $out`)] as const;
  });
  return Object.fromEntries(entries);
}

/** A file that refers to the outputs of other attributes, which makes them its closure. */
export function closure(name: string, attributes: readonly string[]): string {
  // As a file, for a single environment variable holds no more than 128 KiB.
  const list = attributes.map((attribute) => `"\${${attribute}}"`).join(' ');
  const parts = `passAsFile = [ "parts" ]; parts = builtins.concatStringsSep "\\n" [ ${list} ];`;
  return script(name, 'cat $partsPath > $out', parts);
}

export function failing(name: string, message = `${name} fails on purpose`): string {
  return script(name, `echo "${message}" >&2; exit 1`);
}

/** Says that it has started, sleeps, says that it is done. */
export function slow(name: string, seconds: number): string {
  return script(
    name,
    `echo ${name} started; sleep ${seconds}; echo ${name} done; echo done > $out`,
  );
}

/** Sleeps and says nothing at all. */
export function silent(name: string, seconds: number): string {
  return script(name, `sleep ${seconds}; echo done > $out`);
}

/** Prints so many bytes of log, in lines of 80. */
export function printing(name: string, bytes: number): string {
  return script(name, `yes ${'log '.repeat(19)}end | head -c ${bytes}; echo done > $out`);
}

/** An attribute whose evaluation fails; `tryEval` could catch it. */
export function throwing(message: string): string {
  return `throw ${nixString(message)}`;
}

/** A derivation whose script is itself built: evaluating it takes a build. */
export function importFromDerivation(name: string): string {
  const source = script(`${name}-source`, `echo '"echo imported > $out"' > $out`);
  return `sh ${nixString(name)} (import (${source}))`;
}

/** A file for each output, which says the output's name. */
export function multipleOutputs(name: string, outputs: readonly string[]): string {
  const text = outputs.map((output) => `echo ${output} > $${output}`).join('; ');
  return script(name, text, `outputs = [ ${outputs.map(nixString).join(' ')} ];`);
}

/** Promises a hash that its output does not have. */
export function hashMismatch(name: string): string {
  const hash = `outputHashMode = "flat"; outputHashAlgo = "sha256"; outputHash = "${'0'.repeat(64)}";`;
  return script(name, 'echo surprise > $out', hash);
}

/** Another output in every build, so that `rebuild` finds it out. */
export function notDeterministic(name: string): string {
  return script(name, 'head -c 64 /dev/urandom > $out');
}

/** A floating content-addressed derivation; takes the experimental feature `ca-derivations` on both sides. */
export function contentAddressed(name: string, text = `echo ${name} > $out`): string {
  const attributes =
    '__contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256";';
  return script(name, text, attributes);
}

/** A derivation that only machines with these features may build. */
export function demanding(name: string, features: readonly string[]): string {
  const list = features.map(nixString).join(' ');
  return script(name, 'echo done > $out', `requiredSystemFeatures = [ ${list} ];`);
}

/** A derivation for another system than the flake's. */
export function foreign(name: string, system: string): string {
  return script(name, 'echo done > $out', `system = ${nixString(system)};`);
}
