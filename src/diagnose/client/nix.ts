import type { ClientCause } from '../cause.ts';

const THERE = { source: 'client', chapter: "The builder's Nix" } as const;
const HERE = { source: 'client', chapter: 'The Nix of the runner' } as const;
const CONNECT = '__tests__/scenarios/failure-connect.test.ts';

/** What is wrong with a Nix, the builder's or the runner's. */
export const NIX_CAUSES: readonly ClientCause[] = [
  {
    ...THERE,
    id: 'nix-daemon-missing',
    code: 'nix-missing',
    message: 'nix-daemon could not be started',
    example: 'ssh-ng://ci@builder: nix-daemon could not be started: sh: 1: nix-daemon: not found',
    why: '`PATH` of a non-interactive shell often lacks Nix.',
    remedy: '`?remote-program=/nix/var/nix/profiles/default/bin/nix-daemon` in the store URI.',
    shown: CONNECT,
  },
  {
    ...THERE,
    id: 'no-greeting',
    code: 'connection-lost',
    message: 'the connection ended before the Nix daemon greeted',
    example: 'ssh-ng://ci@builder: the connection ended before the Nix daemon greeted',
    why: 'The daemon there does not run, or this user may not use it (`allowed-users` in its nix.conf).',
    remedy: '`systemctl status nix-daemon` on the builder.',
    shown: 'captured',
  },
  {
    ...THERE,
    id: 'noise-before-greeting',
    code: 'protocol-mismatch',
    message: 'expected a Nix daemon, but the first output is …',
    example:
      'ssh-ng://ci@builder: expected a Nix daemon, but the first output is "Welcome to builder 7"',
    why: "A start file of the user's shell prints something before Nix can speak; the message shows what.",
    remedy:
      'In .bashrc, .profile and /etc/profile.d on the builder, let it print for interactive shells only.',
    shown: CONNECT,
  },
  {
    ...THERE,
    id: 'daemon-too-old',
    code: 'protocol-too-old',
    message: 'the daemon speaks worker protocol …',
    example:
      'ssh-ng://ci@builder: the daemon speaks worker protocol 1.21 (Nix 2.0 to 2.3); 1.32 (Nix 2.4) or newer is needed',
    why: 'Nix 2.4 is the oldest that speaks the protocol, 2.8 the oldest that is tested.',
    remedy: 'Upgrade it on the builder, and restart its daemon.',
    shown: CONNECT,
  },
  {
    ...THERE,
    id: 'options-undeliverable',
    code: undefined,
    message:
      'cannot be told, because the SSH user is bound to one command there and Nix does not pass options on',
    example:
      'cores: ssh-ng://ci@builder cannot be told, because the SSH user is bound to one command there and Nix does not pass options on',
    why: "A warning: the build goes on with the builder's own settings.",
    remedy: "See [The builder's side](../README.md#the-builders-side).",
    shown: 'captured',
  },
  {
    ...THERE,
    id: 'options-not-passed-on',
    code: undefined,
    message: 'Nix does not pass this on to the daemons of builders',
    example: 'cores: Nix does not pass this on to the daemons of builders',
    why: 'A warning: the machines build with the values in their own nix.conf. Through `ssh://` Nix passes time limits on, but not past a daemon.',
    remedy: '`store`, in place of `builders`, passes on all of them.',
    shown: '__tests__/scenarios/builders-options.test.ts',
  },
  {
    ...THERE,
    id: 'machine-hangs',
    code: undefined,
    message: 'the Nix there did not greet in … s',
    example: 'builder: the Nix there did not greet in 30 s',
    why: "The machine's sshd answers, and its nix-daemon hangs. Nix would wait for it without end; so it is told after that time that there is nobody.",
    remedy: '`systemctl restart nix-daemon` on that machine.',
    shown: '__tests__/scenarios/builders-hang.matrix.test.ts',
  },
  {
    ...THERE,
    id: 'machine-untrusting',
    code: 'daemon-untrusted',
    message: 'its Nix daemon does not trust user …, and builds nothing for such a user',
    example:
      "its Nix daemon does not trust user 'ci', and builds nothing for such a user through ssh://",
    why: "This machine was left out before Nix started: the runner's Nix is older than 2.16, or the machine's older than 2.15, or the machine is written `ssh://`. Then its daemon builds for trusted users alone. Where this could not be found out ahead, Nix says `you are not privileged to build input-addressed derivations`.",
    remedy: 'The message has the line to add to its nix.conf, and what else would do.',
    shown: 'captured',
  },
  {
    ...THERE,
    id: 'machine-refuses-input',
    code: 'signature-required',
    message: 'because it lacks a signature by a trusted key',
    example:
      "the build failed. builder: cannot add path '/nix/store/x' because it lacks a signature by a trusted key",
    why: "In builders mode, of an input on its way to a machine whose daemon does not trust the user there: the runner's store has the input, the machine neither has it nor can substitute it, and nobody signed it in whom the machine trusts.",
    remedy:
      "The attribute's error names the machine, and has the line to add to its nix.conf. Or use `store`.",
    shown: '__tests__/scenarios/builders-trust.test.ts',
  },
  {
    ...HERE,
    id: 'no-nix-here',
    code: 'nix-missing',
    message: 'no Nix daemon answers at …, and … is not writable',
    example:
      'the local store: no Nix daemon answers at /nix/var/nix/daemon-socket/socket (ENOENT), and /nix/var/nix is not writable',
    why: 'Evaluation needs a Nix on the runner.',
    remedy: 'Have one installed before this step, or start its nix-daemon.',
    shown: 'captured',
  },
  {
    ...HERE,
    id: 'no-private-daemon',
    code: 'daemon-untrusted',
    message: 'and sudo starts no private one without a password',
    example:
      "the local Nix daemon does not trust user 'ci', and sudo starts no private one without a password: sudo: a password is required",
    why: "The runner's daemon takes builders from users in its `trusted-users` alone.",
    remedy:
      'Three ways out are in the message: the line to add there, `sudo` without a password, or `store` in place of `builders`.',
    shown: '__tests__/nix/private-daemon.lab.test.ts',
  },
  {
    ...HERE,
    id: 'daemon-elsewhere',
    code: 'daemon-elsewhere',
    message: 'the local Nix daemon does not reach the sockets of this job',
    example:
      'the local Nix daemon does not reach the sockets of this job, and could not use its builders',
    why: "The job runs in a container that has the host's `/nix`, with the daemon's socket in it, or the service of nix-daemon has `PrivateTmp`. That daemon would start what joins it to a machine where the job's files are not. Found out before anything is built.",
    remedy: '`store` in place of `builders` works there.',
    shown: '__tests__/scenarios/builders-elsewhere.test.ts',
  },
  {
    ...HERE,
    id: 'private-daemon-ended',
    code: 'daemon-error',
    message: 'a private Nix daemon ended while it started: …',
    example: "a private Nix daemon ended while it started: error: unknown setting 'x'",
    why: 'Its last words follow; usually a line of `build-options` that this Nix does not take.',
    remedy: 'Correct that line, or leave it out.',
    shown: '__tests__/nix/private-daemon.lab.test.ts',
  },
];
