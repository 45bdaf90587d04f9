import type { StepEvent } from '../build/events.ts';
import { isGood } from '../domain/outcome.ts';
import { derivationName } from './derivation-name.ts';
import { formatBytes, formatSeconds, plural } from './format.ts';

type EventOf<Kind extends StepEvent['kind']> = StepEvent & { readonly kind: Kind };

/**
 * The one line that an event is worth; undefined where it is worth none, or is shown as a block.
 * @param evaluationSeconds so far
 */
export function logLine(event: StepEvent, evaluationSeconds: number): string | undefined {
  switch (event.kind) {
    case 'connected':
      return `connected to ${event.remote} (${event.detail})`;
    case 'evaluated':
      return evaluatedLine(event, evaluationSeconds);
    case 'not-skipped':
      return `evaluation cannot be skipped: ${event.why}`;
    case 'unchanged':
      return `nothing has changed: ${plural(event.attributes, 'attribute')} evaluated by an earlier run, and all are there`;
    case 'mode-chosen':
      return `mode ${event.mode}: ${event.reason}`;
    case 'to-build':
      return `${plural(event.attributes, 'derivation')} to build, ${event.cached} there already`;
    case 'uploading':
      return event.paths === 0 ? undefined : uploadingLine(event);
    case 'copying':
      return event.paths === 0
        ? undefined
        : `copying back ${plural(event.paths, 'path')}, ${formatBytes(event.bytes)}`;
    case 'build-started':
      return `building ${derivationName(event.drvPath)}`;
    case 'attribute-done': {
      const { attribute, status } = event.outcome;
      return `${isGood(status) ? '✓' : '✗'} ${attribute}: ${status}`;
    }
    case 'line':
      return event.text;
    case 'remote-failed':
    case 'phase-started':
    case 'phase-ended':
    case 'evaluation-log':
    case 'build-phase':
    case 'build-log':
    case 'build-stopped':
    case 'substituted':
    case 'daemon-message':
    case 'notice':
    case 'warning':
      return undefined;
  }
}

function evaluatedLine(event: EventOf<'evaluated'>, seconds: number): string {
  const failed = event.failed > 0 ? ` (${event.failed} failed)` : '';
  const others = event.passedOver.join(', ');
  const passedOver = others === '' ? '' : `; those for ${others} are not for this builder`;
  return `evaluated ${plural(event.attributes, 'attribute')} in ${formatSeconds(seconds)}${failed}${passedOver}`;
}

/** `uploading 812 derivations, 3.4 MB`. */
function uploadingLine({ paths, derivations = 0, bytes }: EventOf<'uploading'>): string {
  const others = paths - derivations;
  const what = [
    ...(derivations > 0 ? [plural(derivations, 'derivation')] : []),
    ...(others > 0 ? [plural(others, derivations > 0 ? 'source' : 'path')] : []),
  ];
  return `uploading ${what.join(' and ')}, ${formatBytes(bytes)}`;
}

/** `[12/40] built python3-3.12.4 on builder-1 in 41 s`. */
export function stoppedLine(event: EventOf<'build-stopped'>, builder: string | undefined): string {
  const { drvPath, seconds, verdict = 'unknown', progress } = event;
  const name = derivationName(drvPath);
  const count = progress && verdict !== 'unknown' ? `[${progress.ended}/${progress.all}] ` : '';
  const where = builder === undefined ? '' : ` on ${shortPlace(builder)}`;
  const took = formatSeconds(seconds);
  switch (verdict) {
    case 'built':
      return `${count}built ${name}${where} in ${took}`;
    case 'failed':
      return `${count}✗ ${name} failed${where} after ${took}`;
    case 'unknown':
      return `${name} ran ${took}${where}`;
  }
}

/** `builder-1` of `ssh-ng://ci@builder-1`: the summary has the whole of it. */
function shortPlace(label: string): string {
  return label.replaceAll(/[a-z+-]+:\/\/(?:[^@/\s]*@)?([^/?\s)]+)[^\s)]*/g, '$1');
}
