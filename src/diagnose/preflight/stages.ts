import type { ErrorCode } from '../../domain/errors.ts';
import { oneLine } from '../../domain/text.ts';
import { UNKNOWN, type Answers, type Check, type Finding, type Wanted } from './findings.ts';

const STAGES = ['DNS', 'TCP', 'host key', 'authentication'] as const;

type Stage = Extract<Check, (typeof STAGES)[number]>;

/** Where a connection that was not made has ended. */
const ENDS: Readonly<Partial<Record<ErrorCode, Stage>>> = {
  'host-unresolvable': 'DNS',
  'host-unreachable': 'TCP',
  'connect-timeout': 'TCP',
  'protocol-mismatch': 'TCP',
  'host-key-unknown': 'host key',
  'host-key-mismatch': 'host key',
  'host-key-revoked': 'host key',
  'authentication-failed': 'authentication',
};

/** That nobody was connected to, for want of what to log in with. */
const NOT_TRIED: ReadonlySet<ErrorCode> = new Set([
  'credentials-missing',
  'key-invalid',
  'key-passphrase',
  'known-hosts-invalid',
  'input-invalid',
]);

const PASSED: Readonly<Record<Stage, string>> = {
  DNS: 'resolves',
  TCP: 'answers',
  'host key': 'the one that is known',
  authentication: 'let in',
};

const NOT_REACHED: Finding = { verdict: 'unknown', text: 'not reached' };

/** Whether SSH has let us in: also where it was no more than that. */
export function wasLetIn({ isConnected, error }: Answers): boolean {
  return isConnected || error?.code === 'channel-refused';
}

/** How far the connection came. What came before the failure has gone well; of what would have come after, nothing is known. */
export function stageFindings(
  answers: Answers,
  { transport }: Wanted,
): Readonly<Record<Stage, Finding>> {
  const { error } = answers;
  const isConnected = wasLetIn(answers);
  const ended = isConnected || error === undefined ? undefined : ENDS[error.code];
  const findings = STAGES.map((stage, index) => {
    const said = { verdict: 'bad', text: error ? oneLine(error.message) : '' } as const;
    if (stage === ended) return [stage, said] as const;
    const at = ended === undefined ? -1 : STAGES.indexOf(ended);
    if (isConnected || index < at) return [stage, passed(stage, transport)] as const;
    const isOurs = error !== undefined && NOT_TRIED.has(error.code);
    return [
      stage,
      isOurs && stage === 'authentication' ? said : error ? NOT_REACHED : UNKNOWN,
    ] as const;
  });
  return Object.fromEntries(findings) as Record<Stage, Finding>;
}

/** With ssh_config there may be other names, and hosts on the way. */
function passed(stage: Stage, transport: Wanted['transport']): Finding {
  return transport === 'openssh' && stage === 'DNS'
    ? { verdict: 'unknown', text: "ssh_config's business" }
    : { verdict: 'good', text: PASSED[stage] };
}
