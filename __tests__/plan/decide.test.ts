import { describe, expect, it } from 'vitest';
import { decide } from '../../src/plan/decide.ts';
import type { Mode } from '../../src/plan/evidence.ts';
import { NO_HISTORY } from '../../src/plan/history.ts';
import { bytes } from '../../src/plan/units.ts';
import { Knowledge } from '../../src/plan/knowledge.ts';
import { routesOf } from '../../src/plan/expected-routes.ts';
import { ARM, evidenceOf, LINUX, many, type Scene } from './scene.ts';

const BOTH = ['local', 'remote'];
const CACHED = { substitution: { keyNames: new Set(['cache.nixos.org-1']) } };
const SIGNED = ['cache.nixos.org-1'];

interface Row {
  readonly name: string;
  readonly scene: Scene;
  readonly mode: Mode;
  readonly reason: RegExp;
}

const IMPOSSIBLE = {
  kind: 'impossible',
  why: "the local Nix daemon does not trust user 'ci'",
} as const;

/** The set-ups of the field. */
const SET_UPS: readonly Row[] = [
  {
    name: 'a developer machine: all inputs on both sides, one thing changed',
    scene: {
      derivations: {
        ...many(50, 'lib', { size: 10e6, at: BOTH }),
        app: { needs: Object.keys(many(50, 'lib', {})) },
      },
      back: true,
    },
    mode: 'remote-store',
    reason: /other modes would not be quicker/,
  },
  {
    name: 'a developer machine that has built all inputs itself, and a builder that knows nothing',
    scene: {
      derivations: {
        ...many(50, 'lib', { size: 1e6, at: ['local'] }),
        app: { needs: Object.keys(many(50, 'lib', {})) },
      },
      back: true,
    },
    mode: 'builders',
    reason: /would have to build 50 derivations again that the runner has/,
  },
  {
    name: 'a short-lived CI runner: an empty store, and a builder that has all inputs',
    scene: {
      derivations: { sdk: { size: 812e6, at: ['remote'] }, app: { needs: ['sdk'] } },
      back: true,
    },
    mode: 'remote-store',
    reason:
      /^builds on ssh-ng:\/\/remote, because 812 MB of build inputs and outputs would have to pass through the runner with builders: about 0\.3 s instead of 1 min 06 s$/,
  },
  {
    name: 'a short-lived CI runner and a fresh builder, both with caches: all is nowhere',
    scene: {
      sources: { src: { size: 1e5 } },
      derivations: {
        ...many(200, 'dep', {}),
        top: { needs: Object.keys(many(200, 'dep', {})) },
        app: { needs: ['top', 'src'] },
      },
      remotes: { remote: CACHED },
      local: CACHED,
      back: true,
    },
    mode: 'remote-store',
    reason: /other modes would not be quicker/,
  },
  {
    name: 'an underpowered machine: a slow line, a small disk',
    scene: {
      derivations: { sdk: { size: 3e9, at: ['remote'] }, app: { needs: ['sdk'] } },
      local: { cpus: 1, freeBytes: bytes(1e9) },
      back: true,
    },
    mode: 'remote-store',
    reason:
      /about 3\.0 GB of inputs and outputs would come to the runner's store, which has 1\.0 GB left/,
  },
  {
    name: 'a long-lived CI runner: what is not signed was built here, the builder was replaced',
    scene: {
      derivations: {
        stdenv: { size: 300e6, at: ['local'], signed: SIGNED },
        ...many(100, 'lib', { size: 2e5, at: ['local'], needs: ['stdenv'] }),
        app: { needs: ['stdenv', ...Object.keys(many(100, 'lib', {}))] },
      },
      remotes: { remote: CACHED },
      back: true,
    },
    mode: 'builders',
    reason: /with ssh-ng:\/\/remote as remote builders, because a remote store would have to build/,
  },
];

const EDGES: readonly Row[] = [
  {
    name: 'nothing is wanted',
    scene: { wanted: [] },
    mode: 'local',
    reason: /^there is nothing to build$/,
  },
  {
    name: 'all that is wanted is in the local store',
    scene: { derivations: { dep: {}, app: { at: ['local'], needs: ['dep'] } }, back: true },
    mode: 'local',
    reason: /in the runner's store already/,
  },
  {
    name: 'all that is wanted is on the remote, and nothing is wanted back',
    scene: { derivations: { dep: { at: ['remote'] }, app: { at: ['remote'], needs: ['dep'] } } },
    mode: 'remote-store',
    reason: /other modes would not be quicker \(about 0\.1 s/,
  },
  {
    name: 'huge inputs and tiny outputs',
    scene: {
      derivations: {
        ...many(20, 'sdk', { size: 1e9, at: ['remote'] }),
        app: { needs: Object.keys(many(20, 'sdk', {})) },
      },
      local: { freeBytes: 'unknown' },
      back: true,
    },
    mode: 'remote-store',
    reason: /20\.\d GB of build inputs and outputs/,
  },
  {
    name: 'tiny inputs and huge outputs wanted back: the same passes in both modes',
    scene: {
      derivations: { dep: { at: BOTH }, app: { size: 5e9, at: ['remote'], needs: ['dep'] } },
      back: true,
    },
    mode: 'remote-store',
    reason: /other modes would not be quicker/,
  },
  {
    name: 'tiny inputs and huge outputs that are nowhere yet: as large as an earlier run has seen them',
    scene: {
      sources: { src: { size: 100 } },
      derivations: { app: { needs: ['src'] } },
      local: { freeBytes: 'unknown' },
      history: { ...NO_HISTORY, sizes: new Map([['app', bytes(5e9)]]) },
      back: true,
    },
    mode: 'remote-store',
    reason: /other modes would not be quicker \(about 6 min 40 s/,
  },
  {
    name: 'a free disk below what builders would need, and above what is wanted back',
    scene: {
      derivations: { sdk: { size: 3e9, at: ['remote'] }, app: { needs: ['sdk'] } },
      local: { freeBytes: bytes(2.9e9) },
      back: true,
    },
    mode: 'remote-store',
    reason: /about 3\.0 GB of inputs and outputs would come to the runner's store/,
  },
  {
    name: 'a free disk that suffices: then it is what has to be moved that decides',
    scene: {
      derivations: { sdk: { size: 3e9, at: ['remote'] }, app: { needs: ['sdk'] } },
      local: { freeBytes: bytes(3.1e9) },
      back: true,
    },
    mode: 'remote-store',
    reason: /because 3\.0 GB of build inputs and outputs would have to pass through the runner/,
  },
  {
    name: 'a free disk too small for what is wanted back, in whatever mode: the one that has the rest built',
    scene: {
      derivations: { app: { size: 5e9, at: ['remote'] } },
      local: { freeBytes: bytes(1e9) },
      back: true,
    },
    mode: 'remote-store',
    reason: /would come to the runner's store, which has 1\.0 GB left/,
  },
  {
    name: 'a huge source, which goes up in both modes',
    scene: {
      sources: { src: { size: 2e9 } },
      derivations: { app: { needs: ['src'] } },
      back: true,
    },
    mode: 'remote-store',
    reason: /other modes would not be quicker/,
  },
  {
    name: 'a huge source of a dependency that is built here: only a remote store would need it',
    scene: {
      sources: { src: { size: 2e9 } },
      derivations: { dep: { at: ['local'], needs: ['src'] }, app: { needs: [] } },
      wanted: ['dep', 'app'],
      back: true,
    },
    mode: 'builders',
    reason: /because 2\.0 GB more would have to be moved to build in a remote store/,
  },
  {
    name: 'inputs that both can fetch cost neither side anything to move to the remote',
    scene: {
      derivations: { sdk: { size: 5e9, at: ['local'], signed: SIGNED }, app: { needs: ['sdk'] } },
      remotes: { remote: CACHED },
      back: true,
    },
    mode: 'remote-store',
    reason: /other modes would not be quicker/,
  },
  {
    name: 'inputs that are signed by somebody whom the remote does not know are built again there',
    scene: {
      derivations: { sdk: { at: ['local'], signed: ['somebody'] }, app: { needs: ['sdk'] } },
      remotes: { remote: CACHED },
    },
    mode: 'builders',
    reason: /would have to build 1 derivation again/,
  },
  {
    name: 'one attribute for each of two remotes',
    scene: {
      derivations: { here: { system: LINUX }, there: { system: ARM } },
      wanted: ['here', 'there'],
      remotes: { remote: {}, arm: { systems: new Set([ARM]) } },
      back: true,
    },
    mode: 'remote-store',
    reason: /ssh-ng:\/\/remote, ssh-ng:\/\/arm/,
  },
  {
    name: 'one attribute that takes two remotes of different systems',
    scene: {
      derivations: { firmware: { system: ARM }, image: { needs: ['firmware'] } },
      remotes: { remote: {}, arm: { systems: new Set([ARM]) } },
    },
    mode: 'builders',
    reason: /1 attribute cannot be built by one remote alone/,
  },
  {
    name: 'the same, where the part for the other system is on the remote already',
    scene: {
      derivations: { firmware: { system: ARM, at: ['remote'] }, image: { needs: ['firmware'] } },
      remotes: { remote: {}, arm: { systems: new Set([ARM]) } },
    },
    mode: 'remote-store',
    reason: /because builders would have to build 1 derivation again that the remote does not need/,
  },
  {
    name: 'an attribute that nobody can build does not decide for the others',
    scene: {
      derivations: {
        sdk: { size: 1e9, at: ['remote'] },
        app: { needs: ['sdk'] },
        odd: { system: 'riscv64-linux' },
      },
      wanted: ['app', 'odd'],
    },
    mode: 'remote-store',
    reason: /1\.0 GB/,
  },
  {
    name: 'a feature that only one of two remotes has',
    scene: {
      derivations: { test: { features: ['kvm'] } },
      remotes: { remote: {}, big: { features: new Set(['kvm']) } },
      back: true,
    },
    mode: 'remote-store',
    reason: /ssh-ng:\/\/big/,
  },
  {
    name: 'an untrusted local user without sudo',
    scene: {
      derivations: { lib: { at: ['local'] }, app: { needs: ['lib'] } },
      local: { builders: IMPOSSIBLE },
      back: true,
    },
    mode: 'remote-store',
    reason: /because the local Nix daemon does not trust user 'ci'$/,
  },
  {
    name: 'an untrusted local user with sudo, to whom outputs of a store cannot be copied',
    scene: {
      derivations: { app: {} },
      remotes: { remote: { outputsAccepted: false } },
      back: true,
    },
    mode: 'builders',
    reason: /the runner's store takes no outputs of ssh-ng:\/\/remote/,
  },
  {
    name: 'the same, with nothing wanted back',
    scene: { derivations: { app: {} }, remotes: { remote: { outputsAccepted: false } } },
    mode: 'remote-store',
    reason: /other modes would not be quicker/,
  },
  {
    name: 'a remote that only answers the old protocol',
    scene: {
      derivations: { app: {} },
      remotes: { remote: { protocol: 'serve', contents: 'unknown' } },
    },
    mode: 'builders',
    reason: /only answers the old protocol/,
  },
  {
    name: 'a remote that only answers the old protocol, and alone builds a part of it',
    scene: {
      derivations: { here: {}, there: { system: ARM } },
      wanted: ['here', 'there'],
      remotes: {
        remote: {},
        old: { protocol: 'serve', contents: 'unknown', systems: new Set([ARM]) },
      },
    },
    mode: 'builders',
    reason: /because 1 attribute cannot be built by one remote alone$/,
  },
  {
    name: 'a remote that does not trust us, and would have to take what was built here',
    scene: {
      derivations: {
        ...many(90, 'lib', { at: ['local'] }),
        app: { needs: Object.keys(many(90, 'lib', {})) },
      },
      remotes: { remote: { trust: 'untrusted' } },
    },
    mode: 'remote-store',
    reason: /does not trust this user, and would have to take 90 unsigned inputs/,
  },
  {
    name: 'a remote that does not trust us, nor tells the Nix here that it does not',
    scene: {
      derivations: { lib: { at: ['local'] }, app: { needs: ['lib'] } },
      remotes: { remote: { trust: 'untrusted', tellsTrust: false } },
    },
    mode: 'remote-store',
    reason: /builds nothing for such a user, as its Nix is older than 2\.15$/,
  },
  {
    name: 'a remote that does not trust us, and a Nix here that needs trust',
    scene: {
      derivations: { lib: { at: ['local'] }, app: { needs: ['lib'] } },
      remotes: { remote: { trust: 'untrusted' } },
      local: { buildsUntrusted: false },
    },
    mode: 'remote-store',
    reason: /builds nothing for such a user when a Nix older than 2\.16 asks$/,
  },
  {
    name: 'a system that a remote may have builders of its own for',
    scene: { derivations: { app: { system: ARM } }, remotes: { remote: { others: 'possible' } } },
    mode: 'remote-store',
    reason: /because no builder can build 1 attribute$/,
  },
  {
    name: 'a remote that does not say in time what it has',
    scene: { derivations: { app: {} }, remotes: { remote: { contents: 'unknown' } }, back: true },
    mode: 'remote-store',
    reason: /ssh-ng:\/\/remote did not say in time what is there/,
  },
  {
    name: 'a local store that does not say',
    scene: { derivations: { app: {} }, local: { contents: 'unknown' }, back: true },
    mode: 'remote-store',
    reason: /the runner's store did not say in time/,
  },
  {
    name: 'neither mode can build anything',
    scene: { derivations: { odd: { system: 'riscv64-linux' } } },
    mode: 'remote-store',
    reason: /no mode can build any of it/,
  },
];

describe.each([
  { of: 'set-ups of the field', rows: SET_UPS },
  { of: 'edges', rows: EDGES },
])('$of', ({ rows }) => {
  it.each(rows)('$name', ({ scene, mode, reason }) => {
    const decision = decide(evidenceOf(scene));
    expect(decision).toMatchObject({ mode, reason: expect.stringMatching(reason) as string });
    expect(decision.reason).not.toMatch(/NaN|undefined|Infinity|\n/);
  });
});

it('a remote that is three times as fast is expected to get three times as much', () => {
  const evidence = evidenceOf({
    derivations: many(8, 'app', {}),
    wanted: Object.keys(many(8, 'app', {})),
    remotes: { slow: {}, fast: { speedFactor: 3 } },
  });
  const remotes = [...routesOf(new Knowledge(evidence)).values()].map(({ id }) => id);
  expect(remotes.filter((id) => id === 'ssh-ng://fast')).toHaveLength(6);
  expect(remotes).toHaveLength(8);
});
