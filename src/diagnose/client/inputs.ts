import type { ClientCause } from '../cause.ts';

const COMMON = { source: 'client', chapter: 'Inputs', code: 'input-invalid' } as const;
const REFUSED = '__tests__/scenarios/inputs-refused.test.ts';

/** What is wrong with what the workflow says. */
export const INPUT_CAUSES: readonly ClientCause[] = [
  {
    ...COMMON,
    id: 'inputs-wrong',
    message: 'inputs are wrong: …',
    example:
      "2 inputs are wrong: Input 'mode': 'fast' is not allowed; Input 'cores': 'many' is no number",
    why: 'Every wrong input is listed with what is allowed there; nothing was connected to.',
    remedy: 'Correct them all.',
    shown: REFUSED,
  },
  {
    ...COMMON,
    id: 'no-credentials',
    code: 'credentials-missing',
    message: "Input 'ssh-key' is empty, and there is no SSH agent",
    example: "Input 'ssh-key' is empty, and there is no SSH agent",
    why: 'As a notice: the workflow was started by a pull request from a fork, or by Dependabot. GitHub passes no secrets to those, so the runner builds by itself ([docs/modes.md](modes.md)). As an error: the secret does not exist under that name in this repository or its organization; Dependabot has secrets of its own.',
    remedy:
      'Add the secret, or write its name as it is. `fallback: never` fails where the notice would stand.',
    shown: '__tests__/scenarios/fallback.test.ts',
  },
  {
    ...COMMON,
    id: 'nothing-to-set-up',
    message: 'sets up nothing, and there are no installables',
    example: 'mode: local sets up nothing, and there are no installables',
    why: '`mode: local` has no remote to prepare later steps for.',
    remedy: 'Leave the step out, or name what to build.',
    shown: '__tests__/scenarios/mode-local.test.ts',
  },
  {
    ...COMMON,
    id: 'impure-next-to-credentials',
    message: 'evaluates impurely, which is refused next to credentials',
    example:
      'Input expr evaluates impurely, which is refused next to credentials under pull_request_target',
    why: '`pull_request_target` and `workflow_run` get secrets even where a stranger wrote the code, and an impure evaluation reads any file and variable.',
    remedy: 'Evaluate a flake without `--impure`, or run under `pull_request`.',
    shown: '__tests__/scenarios/fallback.test.ts',
  },
  {
    ...COMMON,
    id: 'meaningless-without-installables',
    message: 'means nothing without installables',
    example: "Input 'rebuild': means nothing without installables",
    why: '`installables` is empty: either an expression in the workflow came out empty, or remote builds are to be set up for later steps.',
    remedy: 'For later steps leave this input out; else see what the expression is.',
    shown: REFUSED,
  },
  {
    ...COMMON,
    id: 'public-key-given',
    code: 'key-invalid',
    message: 'ssh-key is a public key, the private one is needed',
    example: "Input 'ssh-key': ssh-key is a public key, the private one is needed",
    why: 'The secret holds the file that ends in `.pub`.',
    remedy:
      'The file without `.pub` belongs into the secret, the one with `.pub` into `authorized_keys` on the builder.',
    shown: REFUSED,
  },
  {
    ...COMMON,
    id: 'key-damaged',
    code: 'key-invalid',
    message: 'is damaged or cut off',
    example: 'ssh-key is damaged or cut off',
    why: 'Line ends are repaired; missing lines cannot be.',
    remedy: 'Copy the whole file into the secret, from `-----BEGIN` to the last `-----`.',
    shown: REFUSED,
  },
  {
    ...COMMON,
    id: 'key-encrypted',
    code: 'key-passphrase',
    message: 'is encrypted, and there is no passphrase',
    example: 'ssh-key is encrypted, and there is no passphrase',
    why: 'The private key is protected by a passphrase.',
    remedy: 'Set `ssh-key-passphrase`.',
    shown: REFUSED,
  },
  {
    ...COMMON,
    id: 'ssh-store',
    code: 'store-uri-invalid',
    message: 'ssh:// cannot be used as a store that builds',
    example: "Input 'store': ssh:// cannot be used as a store that builds",
    why: 'The old protocol cannot build derivations that were not built there before.',
    remedy: 'Write `ssh-ng://`.',
    shown: REFUSED,
  },
  {
    ...COMMON,
    id: 'nix-config-refused',
    message: 'Nix does not take it: …',
    example:
      "extra-nix-config: Nix does not take it: error: setting 'cores' has invalid value 'many'",
    why: "A line of `extra-nix-config` has the form of nix.conf, but a value that this version of Nix does not take, or it includes a file that is not there. Nix's own words follow.",
    remedy: 'Correct that line, or leave it out.',
    shown: '__tests__/scenarios/nix-config.test.ts',
  },
  {
    ...COMMON,
    id: 'store-setting',
    message: "sets 'store', by which Nix would leave this step out",
    example: "extra-nix-config, line 1: sets 'store', by which Nix would leave this step out",
    why: '`store` is no setting for `extra-nix-config`.',
    remedy: "A remote store is named by the input `store`; the local one is the machine's own.",
    shown: 'captured',
  },
  {
    ...COMMON,
    id: 'settings-ignored',
    code: undefined,
    message: ', and ignores what it says of …',
    example:
      "extra-nix-config: the local Nix daemon does not trust user 'ci', and ignores what it says of sandbox",
    why: "A warning: the runner's daemon takes these settings from users that it trusts.",
    remedy: 'Set them in `/etc/nix/nix.conf` on the runner, and start the daemon again.',
    shown: '__tests__/scenarios/nix-config.test.ts',
  },
  {
    ...COMMON,
    id: 'settings-overridden',
    code: undefined,
    message: 'overrides what this step sets: …',
    example: 'extra-nix-config overrides what this step sets: require-sigs',
    why: "A warning: `extra-nix-config`, or the job's variable `NIX_CONFIG`, has another value for a setting of this step, and wins.",
    remedy: 'Leave that setting out, unless it is meant.',
    shown: '__tests__/scenarios/nix-config.test.ts',
  },
  {
    ...COMMON,
    id: 'builders-beside-stores',
    message: 'can be a builder only, the others stores as well',
    example: 'ssh://ci@old can be a builder only, the others stores as well',
    why: 'Later steps (`installables` is empty) build either in stores or on builders.',
    remedy:
      '`mode: remote-store` has them build in `store` alone; `mode: builders` takes stores as machines, too.',
    shown: 'captured',
  },
];
