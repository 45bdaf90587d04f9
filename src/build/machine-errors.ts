import { diagnose } from '../diagnose/diagnose.ts';
import { ActionError, type ErrorCode } from '../domain/errors.ts';
import { isDrvPath, type DrvPath, type StorePath } from '../domain/store-path.ts';
import { oneLine, withoutColour } from '../domain/text.ts';
import type { StepEvent } from './events.ts';
import type { BuildPlace } from './place.ts';
import type { TargetResult } from './target.ts';

/** What a machine said when Nix tried to build there; of that a build's result holds no more than "failed with exit code 1". */
interface MachineError {
  readonly code: ErrorCode;
  /** One line. */
  readonly text: string;
  /** The daemon's name of the machine. */
  readonly machine: string;
}

/** What a user who is not trusted hears. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set(['signature-required', 'daemon-untrusted']);

/** Keeps what machines say while a build is on its way to them. A daemon does not say which build its words are about. */
export class MachineErrors {
  readonly #machineOf: (drvPath: DrvPath) => string | undefined;
  readonly #running = new Set<DrvPath>();
  readonly #heard = new Map<DrvPath, MachineError>();

  /** @param machineOf the daemon's name of the machine that builds; empty for its own */
  constructor(machineOf: (drvPath: DrvPath) => string | undefined) {
    this.#machineOf = machineOf;
  }

  readonly hear = (event: StepEvent): void => {
    if (event.kind === 'build-started') this.#running.add(event.drvPath);
    if (event.kind === 'build-stopped') this.#running.delete(event.drvPath);
    if (event.kind === 'daemon-message') this.#note(event.text);
  };

  /** Failures together with what the machine said, and what to do. */
  explain(
    results: ReadonlyMap<StorePath, TargetResult>,
    place: Pick<BuildPlace, 'builderOf' | 'trustRemedy'>,
  ): ReadonlyMap<StorePath, TargetResult> {
    if (this.#heard.size === 0) return results;
    const explained = [...results].map(([key, result]) => {
      const said = this.#saidOf(key, result);
      if (said === undefined) return [key, result] as const;
      const { code, text, machine } = said;
      const name = place.builderOf(machine) ?? machine;
      const failed = (result.error?.message ?? 'the build failed').replace(/\.?$/, '.');
      const message = `${failed} ${name}: ${text}`;
      const details = { hint: place.trustRemedy(machine), cause: result.error };
      return [key, { ...result, error: new ActionError(code, message, details) }] as const;
    });
    return new Map(explained);
  }

  /** Of a derivation's own build, or where it was not built because another failed, of any. */
  #saidOf(key: StorePath, { status }: TargetResult): MachineError | undefined {
    if (status === 'failed') return isDrvPath(key) ? this.#heard.get(key) : undefined;
    return status === 'dependency-failed' ? [...this.#heard.values()][0] : undefined;
  }

  #note(message: string): void {
    const { code } = diagnose(message) ?? {};
    if (code === undefined || !REFUSALS.has(code)) return;
    const text = oneLine(withoutColour(message).replace(/^error: /, ''));
    for (const drvPath of this.#running) {
      const machine = this.#machineOf(drvPath) ?? '';
      if (machine !== '') this.#heard.set(drvPath, { code, text, machine });
    }
  }
}
