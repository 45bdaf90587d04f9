import { formatBytes, formatSeconds, plural } from '../domain/format.ts';
import type { Prediction } from './predict.ts';

/** Two modes that both can do it. */
export interface Compared {
  /** The one that was chosen. */
  readonly mode: 'remote-store' | 'builders';
  /** Of remote-store. */
  readonly ours: Prediction;
  /** Of builders. */
  readonly theirs: Prediction;
  /** The remotes that are meant, for people. */
  readonly label: string;
}

/** Why one mode is better, by what makes most of the difference; a part of a sentence. */
export function comparison({ mode, ours, theirs, label }: Compared): string {
  const isStore = mode === 'remote-store';
  const [chosen, other] = isStore ? [ours, theirs] : [theirs, ours];
  const what = isStore ? `builds on ${label}` : `builds with ${label} as remote builders`;
  const difference = other.seconds.expected - chosen.seconds.expected;
  if (difference < 1) {
    return `${what}, because other modes would not be quicker (${about(chosen)} and ${about(other)})`;
  }
  const why = WHY[mode][greatest(chosen, other)](chosen, other);
  return `${what}, because ${why}: ${about(chosen)} instead of ${formatSeconds(other.seconds.expected)}`;
}

type Part = keyof Prediction['parts'];

/** In what the other mode takes so many more seconds. */
function greatest(chosen: Prediction, other: Prediction): Part {
  const by = (part: Part): number => other.parts[part].expected - chosen.parts[part].expected;
  const parts: readonly Part[] = ['moving', 'asking', 'building'];
  return parts.reduce((greatest, part) => (by(part) > by(greatest) ? part : greatest));
}

type Why = (chosen: Prediction, other: Prediction) => string;

const asking: Why = (chosen, other) =>
  `there would be about ${plural(other.exchanges, 'round trip')} instead of ${chosen.exchanges}`;

const WHY: Readonly<Record<Compared['mode'], Readonly<Record<Part, Why>>>> = {
  'remote-store': {
    moving: (chosen, other) =>
      `${more(other, chosen)} of build inputs and outputs would have to pass through the runner with builders`,
    asking,
    building: (_, { furtherBuilds }) =>
      `builders would have to build ${plural(furtherBuilds, 'derivation')} again that the remote does not need`,
  },
  builders: {
    moving: (chosen, other) =>
      `${more(other, chosen)} more would have to be moved to build in a remote store`,
    asking,
    building: (_, { furtherBuilds }) =>
      `a remote store would have to build ${plural(furtherBuilds, 'derivation')} again that the runner has`,
  },
};

/** How many bytes more pass the runner; `about` so many where some of that is an assumption. */
function more(one: Prediction, other: Prediction): string {
  const by = (bound: 'least' | 'expected'): number => passing(one, bound) - passing(other, bound);
  const text = formatBytes(by('expected'));
  return text === formatBytes(by('least')) ? text : `about ${text}`;
}

function passing(
  { bytesUp, bytesDown, bytesFetched }: Prediction,
  bound: 'least' | 'expected',
): number {
  return bytesUp[bound] + bytesDown[bound] + bytesFetched[bound];
}

function about({ seconds }: Prediction): string {
  return `about ${formatSeconds(seconds.expected)}`;
}
