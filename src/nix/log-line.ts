import type { Position } from '../domain/position.ts';
import { withoutColour } from '../domain/text.ts';

/** A frame of Nix's stack trace: what was being done, and where. */
export interface TraceFrame {
  readonly text: string;
  readonly position: Position | undefined;
}

/** An error of Nix in parts. */
export interface NixError {
  /** Without `error:`, colours or trace; may have several lines. */
  readonly message: string;
  readonly position: Position | undefined;
  /** Innermost first. */
  readonly trace: readonly TraceFrame[];
}

/** What one line of Nix's standard error says under `--log-format internal-json`. */
export type LogLine =
  | { readonly kind: 'error'; readonly error: NixError }
  /** For people; may have several lines. */
  | { readonly kind: 'message'; readonly text: string }
  /** Progress and other things nobody reads. */
  | { readonly kind: 'other' };

/** Nix's verbosity levels that people see by default: error, warning, notice, info. */
const INFO = 3;

/** `buildLogLine` of Nix's result types (logging.hh). */
const BUILD_LOG_LINE = 101;

/**
 * Reads one line. Never throws: what is no JSON of Nix is a message as it stands, such as the stack overflow notice that
 * Nix below 2.20 writes from its signal handler.
 */
export function parseLogLine(line: string): LogLine {
  const event = line.startsWith('@nix ') ? parseObject(line.slice(5)) : undefined;
  if (event === undefined) {
    return plainLine(line);
  }
  switch (event['action']) {
    case 'msg':
      return message(event);
    case 'start':
      return typeof event['level'] === 'number' && event['level'] <= INFO
        ? textLine(event['text'])
        : { kind: 'other' };
    case 'result':
      return event['type'] === BUILD_LOG_LINE && Array.isArray(event['fields'])
        ? textLine(event['fields'][0])
        : { kind: 'other' };
    default:
      return { kind: 'other' };
  }
}

type JsonObject = Readonly<Record<string, unknown>>;

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function plainLine(line: string): LogLine {
  const text = withoutColour(line);
  return text.startsWith('error: ')
    ? { kind: 'error', error: { message: text.slice(7), position: undefined, trace: [] } }
    : textLine(text);
}

function textLine(text: unknown): LogLine {
  return typeof text === 'string' && text !== ''
    ? { kind: 'message', text: withoutColour(text) }
    : { kind: 'other' };
}

// Errors with parts have `raw_msg` (warnings, too, at level 1); Nix prints `error: out of memory` as a plain message.
function message(event: JsonObject): LogLine {
  const { level, raw_msg: raw, msg: text } = event;
  if (level === 0 && typeof raw === 'string') {
    return { kind: 'error', error: errorOf(event, raw) };
  }
  if (level === 0 && typeof text === 'string') {
    return plainLine(text);
  }
  return typeof level === 'number' && level <= INFO ? textLine(text) : { kind: 'other' };
}

function errorOf(event: JsonObject, raw: string): NixError {
  const frames = Array.isArray(event['trace']) ? event['trace'].filter(isObject) : [];
  const trace = frames.map((frame) => ({
    text: typeof frame['raw_msg'] === 'string' ? withoutColour(frame['raw_msg']) : '',
    position: positionOf(frame),
  }));
  return { message: withoutColour(raw).trim(), position: positionOf(event), trace };
}

// Nix 2.26 to 2.34 append `:line:column` to the file, and call what has no place `«none»:0`, line 0.
function positionOf(event: JsonObject): Position | undefined {
  const { file, line, column } = event;
  if (
    typeof file !== 'string' ||
    typeof line !== 'number' ||
    typeof column !== 'number' ||
    line === 0
  ) {
    return undefined;
  }
  const suffix = `:${line}:${column}`;
  return { file: file.endsWith(suffix) ? file.slice(0, -suffix.length) : file, line, column };
}
