import { createInterface } from 'node:readline';
import { LabError, setUpOpenssh, within } from '../../lab/index.ts';
import { atLeast, atMost, type BenchCase } from '../case.ts';
import { seconds, type Hosts } from '../hosts.ts';
import type { TunnelsPlace, TunnelsRequest } from '../ours/tunnel.ts';
import { measureStarts } from '../starts.ts';
import { median } from '../statistics.ts';

const BYTES = 1 << 30;
const ROUNDS = 3;

/** Who works on the runner, and logs in on the builder. */
const USER = 'trusted';

/** Programs of the builder: what goes up is counted there, what comes down here. Zeros, for neither side compresses. */
const SOURCE = `head -c ${BYTES} /dev/zero`;
const COUNTER = 'wc -c';

/** Without a link between: it would need a share of the processor, and both sides would wait for that. */
export const pipe: BenchCase = {
  name: 'pipe',
  work: 'send 1 GiB up and 1 GiB down through the program that Nix runs in place of `ssh`, without delay',
  attributes: {},
  async measure(hosts) {
    const { builder, runner } = hosts;
    await setUpOpenssh(runner, USER, builder, builder.port);
    const { pipe: start, emptyScript } = await measureStarts(hosts);
    const { ours, openssh, local } = await transfers(hosts);
    const extraStartMs = (start - emptyScript) * 1000;
    const upRatio = openssh.up / ours.up;
    const downRatio = openssh.down / ours.down;
    return {
      ours: ours.up + ours.down,
      stock: openssh.up + openssh.down,
      limit: local.up + local.down,
      roundTrips: undefined,
      rounds: { ours: ROUNDS, stock: ROUNDS },
      details: {
        startMs: start * 1000,
        extraStartMs,
        upSeconds: ours.up,
        downSeconds: ours.down,
        upRatio,
        downRatio,
      },
      targets: [
        atMost(5, 'extraStartMs', extraStartMs),
        // What ssh2 encrypts in JavaScript goes up at half of OpenSSH's rate where the processor is the limit.
        atLeast(0.5, 'upRatio', upRatio),
        atLeast(0.7, 'downRatio', downRatio),
      ],
    };
  },
};

/** What carries bytes, as command lines: to a program that counts them, and from one that has them. */
interface Carrier {
  readonly up: string;
  readonly down: string;
}

interface Times {
  readonly up: number;
  readonly down: number;
}

async function transfers(hosts: Hosts): Promise<Record<'ours' | 'openssh' | 'local', Times>> {
  await using tunnels = await Tunnels.open(hosts, [COUNTER, SOURCE]);
  const [up = '', down = ''] = tunnels.pipes;
  const ssh = `ssh ${USER}@${hosts.builder.name}`;
  const laps = {
    ours: new Laps(hosts, { up, down }),
    openssh: new Laps(hosts, { up: `${ssh} ${COUNTER}`, down: `${ssh} ${SOURCE}` }),
    local: new Laps(hosts, { up: COUNTER, down: SOURCE }),
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const each of Object.values(laps)) await each.run();
  }
  return {
    ours: laps.ours.medians,
    openssh: laps.openssh.medians,
    local: laps.local.medians,
  };
}

/** One way to carry, timed again and again. */
class Laps {
  readonly #hosts: Hosts;
  readonly #carrier: Carrier;
  readonly #up: number[] = [];
  readonly #down: number[] = [];

  constructor(hosts: Hosts, carrier: Carrier) {
    this.#hosts = hosts;
    this.#carrier = carrier;
  }

  get medians(): Times {
    return { up: median(this.#up), down: median(this.#down) };
  }

  async run(): Promise<void> {
    this.#up.push(await this.#time(`${SOURCE} | ${this.#carrier.up}`));
    this.#down.push(await this.#time(`${this.#carrier.down} | ${COUNTER}`));
  }

  /** @throws LabError unless all bytes arrive */
  async #time(commands: string): Promise<number> {
    const start = performance.now();
    const counted = await this.#hosts.runner.output(['sh', '-c', commands], { user: USER });
    const taken = seconds(start);
    if (Number(counted) !== BYTES) throw new LabError(`${counted} bytes arrived by: ${commands}`);
    return taken;
  }
}

/** Tunnels to programs of the builder, which a process on the runner serves. */
class Tunnels implements AsyncDisposable {
  /** Command lines of the pipes. */
  readonly pipes: readonly string[];
  readonly #end: () => Promise<unknown>;

  private constructor({ pipes }: TunnelsPlace, end: () => Promise<unknown>) {
    this.pipes = pipes;
    this.#end = end;
  }

  static async open(
    { builder, runner }: Hosts,
    commands: TunnelsRequest['commands'],
  ): Promise<Tunnels> {
    const process = runner.spawn(['node', '/checkout/bench/ours/tunnel.ts'], { user: USER });
    const request: TunnelsRequest = {
      user: USER,
      port: builder.port,
      knownHosts: builder.knownHosts(),
      privateKey: builder.key.privateKey,
      commands,
    };
    let log = '';
    process.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
    process.stdin.write(`${JSON.stringify(request)}\n`);
    const lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
    const line = await within(20_000, 'start of the tunnels', lines.next(), () => log);
    if (line.done) throw new LabError('the tunnels did not start', log);
    return new Tunnels(JSON.parse(line.value) as TunnelsPlace, () => {
      process.stdin.end();
      return process.exited;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }
}
