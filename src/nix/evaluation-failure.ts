import { type AttrPath, printAttrPath } from '../domain/attr-path.ts';
import { diagnose } from '../diagnose/diagnose.ts';
import { ActionError, type ErrorCode } from '../domain/errors.ts';
import type { Installable } from '../domain/installable.ts';
import { similarNames } from '../domain/suggestions.ts';
import type { EvaluationFailure } from './evaluation.ts';
import type { Position } from '../domain/position.ts';
import type { NixError } from './log-line.ts';
import type { WalkMiss } from './walk-events.ts';

/** An attribute whose evaluation failed, with Nix's message and position. */
export function evaluationFailure(
  installable: Installable,
  attribute: string,
  error: NixError | undefined,
  definition: Position | undefined,
): EvaluationFailure {
  if (error === undefined) {
    return failure(
      installable,
      attribute,
      'its evaluation throws, or an assertion in it fails',
      `Many attributes failed: to see this one's message, evaluate it alone.`,
      { position: definition },
    );
  }
  const nixError = { ...error, trace: error.trace.filter(isForeign) };
  const position = errorPosition(nixError) ?? definition;
  const hint = hintFor(installable, error);
  return failure(installable, attribute, firstLine(error.message), hint, { position, nixError });
}

/** An installable that was not even looked up, because evaluating what it lies in failed. */
export function unreachedFailure(installable: Installable, error: NixError): EvaluationFailure {
  const failed = evaluationFailure(installable, installable.text, error, undefined);
  // so Nix says it where the lookup is its own
  return /^flake '.*' does not provide attribute /.test(error.message)
    ? { ...failed, error: new ActionError('installable-unknown', firstLine(error.message)) }
    : failed;
}

/** An attribute that was evaluated, but is nothing that can be built. */
export function unbuildable(
  installable: Installable,
  attribute: string,
  why: string,
): EvaluationFailure {
  return failure(installable, attribute, why, undefined, {});
}

/** An installable that names nothing, with what was tried and what it may have meant. */
export function unknownInstallable(
  installable: Installable,
  candidates: readonly AttrPath[],
  misses: readonly WalkMiss[],
): EvaluationFailure {
  const names = misses.flatMap((miss) => similarNames(miss.missing, miss.names));
  const similar = [...new Set(names)].slice(0, 3);
  const hint = similar.length === 0 ? undefined : `Did you mean ${listOf(similar, 'or')}?`;
  const error = new ActionError(
    'installable-unknown',
    unknownText(installable, candidates, misses),
    {
      hint,
    },
  );
  return {
    kind: 'failed',
    installable,
    attribute: installable.text,
    error,
    position: undefined,
    nixError: undefined,
  };
}

/** An attribute set without anything to build: green without a build would be a lie. */
export function emptySet(
  installable: Installable,
  attribute: string,
  systems: readonly string[],
): EvaluationFailure {
  const why = `there is no derivation in it for ${listOf(systems, 'or')}`;
  const hint = 'Nested sets are searched only where they have recurseForDerivations = true.';
  return failure(installable, attribute, why, hint, {}, 'installable-unknown');
}

function failure(
  installable: Installable,
  attribute: string,
  why: string,
  hint: string | undefined,
  where: { position?: Position | undefined; nixError?: NixError | undefined },
  code: ErrorCode = 'evaluation-failed',
): EvaluationFailure {
  const { position, nixError } = where;
  const at =
    position === undefined ? '' : `, at ${position.file}:${position.line}:${position.column}`;
  const error = new ActionError(
    code,
    `cannot evaluate ${attribute}: ${why.replace(/\.$/, '')}${at}`,
    { hint },
  );
  return { kind: 'failed', installable, attribute, error, position, nixError };
}

// The words of installable-flake.cc and attr-path.cc.
function unknownText(
  installable: Installable,
  candidates: readonly AttrPath[],
  misses: readonly WalkMiss[],
): string {
  if (installable.kind === 'flake') {
    const tried = candidates.map((path) => `'${printAttrPath(path)}'`);
    return `flake '${installable.flakeRef}' does not provide attribute ${listOf(tried, 'or')}`;
  }
  const [path = []] = candidates;
  const [miss] = misses;
  return miss === undefined || miss.kind === 'set'
    ? `attribute '${miss?.missing ?? ''}' in selection path '${printAttrPath(path)}' not found`
    : `the expression selected by the selection path '${printAttrPath(path)}' should be a set but is ${miss.kind === 'int' ? 'an' : 'a'} ${miss.kind}`;
}

function hintFor(installable: Installable, { message }: NixError): string | undefined {
  const found = diagnose(message);
  const isTree = installable.kind === 'flake' && !installable.flakeRef.startsWith('path:');
  // What is not there may be named by a path alone, and then has nothing to do with git.
  return found?.id === 'untracked-file' && !isTree ? undefined : found?.remedy;
}

/** Nix gives throw no position of its own (only the call of `throw` in the trace); what is in our program is nobody's. */
function errorPosition({ position, trace }: NixError): Position | undefined {
  if (position !== undefined && isFile(position.file)) return position;
  return trace.find((frame) => frame.position !== undefined)?.position;
}

function isForeign(frame: { readonly position: Position | undefined }): boolean {
  return frame.position !== undefined && isFile(frame.position.file);
}

// Expressions given as text are `«string»`, ours included; Nix 2.8 shows their whole text instead.
function isFile(file: string): boolean {
  return file.startsWith('/') || (file.startsWith('«') && file !== '«string»');
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}

function listOf(items: readonly string[], conjunction: string): string {
  return items.length < 2
    ? (items[0] ?? 'any system')
    : `${items.slice(0, -1).join(', ')} ${conjunction} ${items.at(-1) ?? ''}`;
}
