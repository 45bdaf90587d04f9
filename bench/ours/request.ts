import { text } from 'node:stream/consumers';
import type { StepEvent } from '../../src/build/events.ts';
import { Remote } from '../../src/build/remote.ts';
import { lookupHostKeys, parseKnownHosts } from '../../src/domain/known-hosts.ts';
import {
  parseDrvPath,
  parseStorePath,
  type DrvPath,
  type StorePath,
} from '../../src/domain/store-path.ts';
import { parseStoreUri } from '../../src/domain/store-uri.ts';
import { parsePrivateKeys } from '../../src/ssh/private-key.ts';

/** What one of our programs is to do; it comes on standard input, for it holds a key. */
export interface OursRequest {
  readonly store: string;
  readonly knownHosts: string;
  readonly privateKey: string;
  readonly derivations: readonly Derivation[];
}

/** As evaluation found it. */
export interface Derivation {
  readonly drvPath: string;
  readonly output: string;
}

/** What it prints: one line of JSON. */
export interface OursReport {
  /** Seconds from the open connection and channel to the end. */
  readonly connected: number;
  /** Highest resident set of the process, in bytes. */
  readonly peakMemory: number;
  /** Seconds of processor time, user's and system's. */
  readonly cpu: number;
}

export interface OursWork {
  readonly remote: Remote;
  readonly derivations: readonly { readonly drvPath: DrvPath; readonly output: StorePath }[];
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly observe: (event: StepEvent) => void;
}

/** Connects as the action does, lets `work` do its part, and prints how long that took. */
export async function timeFromConnection(work: (parts: OursWork) => Promise<void>): Promise<void> {
  const request = JSON.parse(await text(process.stdin)) as OursRequest;
  const { signal } = new AbortController();
  const remote = await connect(request, signal);
  const start = performance.now();
  await work({
    remote,
    derivations: request.derivations.map(({ drvPath, output }) => ({
      drvPath: parseDrvPath(drvPath),
      output: parseStorePath(output),
    })),
    env: definedVariables(),
    signal,
    observe: () => undefined,
  });
  const connected = (performance.now() - start) / 1000;
  remote.close();
  const usage = process.resourceUsage();
  const report: OursReport = {
    connected,
    peakMemory: usage.maxRSS * 1024,
    cpu: (usage.userCPUTime + usage.systemCPUTime) / 1e6,
  };
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

/** Connects as the action does. */
export async function connect(
  request: Omit<OursRequest, 'derivations'>,
  signal: AbortSignal,
): Promise<Remote> {
  const uri = parseStoreUri(request.store);
  const options = {
    keepGoing: undefined,
    maxJobs: undefined,
    cores: undefined,
    timeout: undefined,
    maxSilentTime: undefined,
    settings: new Map<string, string>(),
  };
  return Remote.connect(
    {
      uri,
      access: {
        loginFor: ({ host, port, user = 'nobody' }) =>
          Promise.resolve({
            user,
            credentials: { kind: 'keys', keys: parsePrivateKeys(request.privateKey, undefined) },
            hostKeys: lookupHostKeys(parseKnownHosts(request.knownHosts), host, port),
          }),
      },
      options,
    },
    signal,
  );
}

/** The environment of this program. */
export function definedVariables(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
}
