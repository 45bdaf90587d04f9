import { expect, it } from 'vitest';
import { needsEvidence, type Circumstances } from '../../src/plan/needs-evidence.ts';
import { ARM, evidenceOf, LINUX, remoteId } from './scene.ts';

type Remote = Circumstances['remotes'][number];

const [REMOTE] = evidenceOf({}).remotes;

function remote(more: Partial<Remote> = {}): Remote {
  if (!REMOTE) throw new Error('a scene has a remote');
  return { ...REMOTE, ...more };
}

const IMPOSSIBLE = { kind: 'impossible', why: 'nobody trusts anybody' } as const;

interface Row {
  readonly name: string;
  readonly given: Partial<Circumstances>;
  readonly mode: 'evidence' | 'remote-store' | 'builders';
}

const ROWS: readonly Row[] = [
  { name: 'one remote, nothing wanted back', given: {}, mode: 'remote-store' },
  {
    name: 'the same, of which it is known what it is for',
    given: { systems: new Set([LINUX]) },
    mode: 'remote-store',
  },
  { name: 'outputs wanted back', given: { wantedBack: true }, mode: 'evidence' },
  {
    name: 'two remotes',
    given: { remotes: [remote(), remote({ id: remoteId('other') })] },
    mode: 'evidence',
  },
  {
    name: 'two systems, of which the remote offers one',
    given: { systems: new Set([LINUX, ARM]) },
    mode: 'evidence',
  },
  {
    name: 'two systems, both of which the remote offers',
    given: {
      systems: new Set([LINUX, ARM]),
      remotes: [remote({ systems: new Set([LINUX, ARM]) })],
    },
    mode: 'remote-store',
  },
  {
    name: 'an old protocol',
    given: { remotes: [remote({ protocol: 'serve' })] },
    mode: 'builders',
  },
  {
    name: 'an old protocol beside a new one',
    given: { remotes: [remote({ protocol: 'serve' }), remote({ id: remoteId('new') })] },
    mode: 'evidence',
  },
  {
    name: 'builders that cannot be had',
    given: { builders: IMPOSSIBLE, wantedBack: true },
    mode: 'remote-store',
  },
  {
    name: 'outputs that the local store does not take',
    given: { wantedBack: true, remotes: [remote({ outputsAccepted: false })] },
    mode: 'builders',
  },
  {
    name: 'the same without builders, which the store will complain of',
    given: {
      wantedBack: true,
      remotes: [remote({ outputsAccepted: false })],
      builders: IMPOSSIBLE,
    },
    mode: 'remote-store',
  },
  {
    name: 'outputs of which it is not known whether they are taken',
    given: { wantedBack: true, remotes: [remote({ outputsAccepted: 'unknown' })] },
    mode: 'evidence',
  },
];

it.each(ROWS)('whether there is a choice: $name', ({ given, mode }) => {
  const need = needsEvidence({
    remotes: [remote()],
    builders: { kind: 'unknown' },
    wantedBack: false,
    systems: 'unknown',
    ...given,
  });
  expect(need.kind === 'decided' ? need.decision.mode : need.kind).toBe(mode);
  if (need.kind === 'decided') expect(need.decision.predictions).toEqual([]);
});
