import { randomBytes } from 'node:crypto';
import { text as textOf } from 'node:stream/consumers';
import {
  findingsOf,
  type Answers,
  type Findings,
  type Wanted,
} from '../diagnose/preflight/findings.ts';
import { asActionError } from '../domain/errors.ts';
import { machineName, type Machine } from '../domain/machine.ts';
import { connectSsh, type SshConnection } from '../ssh/connection.ts';
import { openWorkerChannel } from '../ssh/worker-channel.ts';
import { openStore } from '../store/daemon-store.ts';
import type { Access } from './access.ts';
import { trustOf } from './machine-trust.ts';
import { abilitiesOf } from './offers.ts';
import { readRemoteSettings } from './remote-settings.ts';

/** Milliseconds that a remote is examined for at most; then what it has told counts. */
const LIMIT = 30_000;

/** Milliseconds for one thing that is asked. */
const ASKING_LIMIT = 5_000;

/** Bytes that are sent each way to see how fast the line is. */
const PROBE = 1 << 20;

/** A remote that was examined. */
export interface Examined {
  /** For people. */
  readonly remote: string;
  readonly findings: Findings;
}

/** What machines are wanted for, but for what each says of itself. */
export type Purpose = Omit<Wanted, 'protocol' | 'systems' | 'features'>;

/** Examines all at once, on connections of their own, in half a minute at most; never rejects. */
export async function examineRemotes(
  machines: readonly Machine[],
  purpose: Purpose,
  access: Access,
  signal: AbortSignal,
): Promise<readonly Examined[]> {
  return Promise.all(
    machines.map(async (machine) => {
      const until = AbortSignal.any([signal, AbortSignal.timeout(LIMIT)]);
      return examined(machine, await ask(machine, access, until), purpose);
    }),
  );
}

/** What the answers of a machine mean. */
export function examined(machine: Machine, answers: Answers, purpose: Purpose): Examined {
  const { protocol, systems, supportedFeatures, mandatoryFeatures } = machine;
  const features = [...supportedFeatures, ...mandatoryFeatures];
  return {
    remote: machineName(machine),
    findings: findingsOf(answers, { ...purpose, protocol, systems, features }),
  };
}

/** One thing after the other: sshd may allow one program at a time (MaxSessions). */
async function ask(machine: Machine, access: Access, signal: AbortSignal): Promise<Answers> {
  let answers: Answers = { isConnected: false };
  let connection: SshConnection | undefined;
  const hangUp = (): void => connection?.close();
  signal.addEventListener('abort', hangUp);
  try {
    const { host, port, compress } = machine;
    const login = await access.loginFor(machine);
    connection = await connectSsh({ host, port, ...login, compress, signal });
    answers = { isConnected: true, roundTripMs: connection.roundTripMs };
    answers = { ...answers, ...(await askDaemon(machine, connection)) };
    answers = { ...answers, ...(await askMachine(machine, connection)) };
    return answers;
  } catch (error) {
    return { ...answers, error: asActionError(error) };
  } finally {
    signal.removeEventListener('abort', hangUp);
    connection?.close();
  }
}

async function askDaemon(machine: Machine, connection: SshConnection): Promise<Partial<Answers>> {
  const { protocol, remoteProgram, remoteStore } = machine;
  // The program of the old protocol is another one; whether there is a daemon besides is of interest, but not needed.
  const program = protocol === 'ssh' ? [] : remoteProgram;
  try {
    const channel = await openWorkerChannel(connection, { remoteProgram: program, remoteStore });
    const store = openStore(channel, {
      label: machineName(machine),
      handshakeTimeout: 2 * ASKING_LIMIT,
    });
    try {
      const greeting = await store.greeting;
      const { trust } = await trustOf(store);
      return { greeting, trust };
    } finally {
      store.close();
    }
  } catch (error) {
    return protocol === 'ssh' ? {} : { error: asActionError(error) };
  }
}

async function askMachine(machine: Machine, connection: SshConnection): Promise<Partial<Answers>> {
  const settings = await readRemoteSettings(connection, machine);
  const { systems, features } = abilitiesOf({ systems: [], systemFeatures: [] }, settings);
  const printed = await run(connection, 'df -Pk /nix/store');
  const [, kibibytes] = /^\S.*\s+(\d+)\s+\d+%\s+\S+\s*$/m.exec(printed ?? '') ?? [];
  const down = await rateOf(() => receive(connection));
  // Who runs another command for us than what we say gets no megabyte for it.
  const up = down === undefined ? undefined : await rateOf(() => send(connection));
  return {
    systems: systems && [...systems],
    features: features && [...features],
    freeBytes: kibibytes === undefined ? undefined : Number(kibibytes) * 1024,
    up,
    down,
  };
}

/** Bytes a second; undefined where it did not come to an end. */
async function rateOf(probe: () => Promise<boolean>): Promise<number | undefined> {
  const start = performance.now();
  return (await probe()) ? PROBE / ((performance.now() - start) / 1000) : undefined;
}

async function receive(connection: SshConnection): Promise<boolean> {
  const printed = await run(
    connection,
    `head -c ${PROBE / 2} /dev/urandom | od -An -v -tx1 | tr -d ' \\n'`,
  );
  return printed?.length === PROBE;
}

async function send(connection: SshConnection): Promise<boolean> {
  const counted = await run(connection, 'wc -c', randomBytes(PROBE));
  return counted?.trim() === `${PROBE}`;
}

/** What a command prints; undefined where it may not be run, or takes too long. */
async function run(
  connection: SshConnection,
  command: string,
  input?: Buffer,
): Promise<string | undefined> {
  try {
    const { duplex } = await connection.exec(command);
    const timer = setTimeout(() => duplex.destroy(), ASKING_LIMIT);
    try {
      duplex.end(input);
      return await textOf(duplex);
    } finally {
      clearTimeout(timer);
    }
  } catch {
    return undefined;
  }
}
