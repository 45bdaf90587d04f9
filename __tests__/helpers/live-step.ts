import { within } from '../../lab/index.ts';
import type { HostProcess } from '../../lab/index.ts';
import type { Step, StepResult } from '../../lab/step.ts';
import type { ResultEntry } from '../../src/action/results.ts';
import { annotations } from './failed-step.ts';
import { parseResults, prepareScenario, statusesOf, type Scenario } from './scenario.ts';

/** How main ended. */
export interface Ended extends StepResult {
  readonly errors: readonly string[];
  readonly results: readonly ResultEntry[];
  /** Status by the attribute's last name. */
  readonly statuses: Readonly<Record<string, string>>;
  /** Since main was started, and since the last signal was sent to it. */
  readonly seconds: number;
  readonly secondsAfterSignal: number;
}

/** A step whose main runs while the test looks on. */
export class LiveStep {
  readonly step: Step;
  readonly workspace: string;
  readonly #main: HostProcess;
  readonly #result: Promise<StepResult>;
  readonly #startedAt = performance.now();
  #endedAt = 0;
  #signalledAt = 0;
  #log = '';
  #heard: (() => void) | undefined;

  private constructor(step: Step, workspace: string, main: HostProcess) {
    this.step = step;
    this.workspace = workspace;
    this.#main = main;
    main.stdout.on('data', (chunk: Buffer) => {
      this.#log += chunk.toString();
      this.#heard?.();
    });
    this.#result = step.collect(main);
    this.#result.catch(() => undefined);
    void main.exited.then(() => {
      this.#endedAt = performance.now();
      this.#heard?.();
    });
  }

  static async start(scenario: Scenario): Promise<LiveStep> {
    const { step, workspace } = await prepareScenario(scenario);
    return new LiveStep(step, workspace, await step.main());
  }

  /** Resolves in the turn in which main has printed that. */
  async said(pattern: RegExp, limitMs = 20_000): Promise<void> {
    const hearing = new Promise<void>((resolve, reject) => {
      this.#heard = () => {
        if (pattern.test(this.#log)) resolve();
        else if (this.#endedAt > 0) reject(new Error(`main never said ${pattern}: ${this.#log}`));
      };
      this.#heard();
    });
    await within(limitMs, `main saying ${pattern}`, hearing, () => this.#log);
  }

  async signal(signal: NodeJS.Signals): Promise<void> {
    this.#signalledAt = performance.now();
    await this.#main.signal(signal);
  }

  /** Waits for main's end. */
  async ended(limitMs = 30_000): Promise<Ended> {
    const result = await within(limitMs, 'end of main', this.#result, () => this.#log);
    const results = parseResults(result.outputs.get('results'));
    return {
      ...result,
      results,
      errors: annotations(result.log, 'error'),
      statuses: statusesOf(results),
      seconds: (this.#endedAt - this.#startedAt) / 1000,
      secondsAfterSignal: (this.#endedAt - this.#signalledAt) / 1000,
    };
  }

  /** Runs post to its end. */
  async post(): Promise<StepResult> {
    return await this.step.collect(await this.step.post());
  }
}
