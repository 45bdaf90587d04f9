import type { ClientCause } from '../cause.ts';

const COMMON = {
  source: 'client',
  chapter: 'Installing Nix',
  code: 'install-failed',
  shown: 'captured',
} as const;

/** What keeps a Nix from being installed on the runner ([docs/installing.md]). */
export const INSTALLING_CAUSES: readonly ClientCause[] = [
  {
    ...COMMON,
    id: 'download',
    code: 'download-failed',
    message: 'cannot download …: …',
    example: 'cannot download https://releases.nixos.org/nix/x.tar.xz: HTTP 503',
    why: "The server's answer, or what the system said of the connection, follows; it was tried more than once.",
    remedy:
      'A runner without the internet needs `nix-install-url`; a server whose certificate a company has signed, `NODE_EXTRA_CA_CERTS`.',
  },
  {
    ...COMMON,
    id: 'download-stalled',
    code: 'download-failed',
    message: 'no byte came for … s',
    example: 'no byte came for 30 s',
    why: 'The download stood still and was given up.',
    remedy: 'Run the job again, or set `nix-install-url` to a mirror that is nearer.',
  },
  {
    ...COMMON,
    id: 'checksum',
    code: 'checksum-mismatch',
    message: 'is not what it should be: its SHA-256 is …, expected is …',
    example: 'x.tar.xz is not what it should be: its SHA-256 is 00, expected is 11',
    why: 'Nothing of it was unpacked. A proxy that sends an error page as a file does this, and so does somebody who has exchanged the file.',
    remedy: 'Get it by hand, and compare.',
  },
  {
    ...COMMON,
    id: 'checksum-missing',
    code: 'download-failed',
    message: 'holds no SHA-256',
    example: 'x.tar.xz.sha256 holds no SHA-256',
    why: 'What is downloaded is checked, and there is nothing to check it against.',
    remedy:
      'Put the output of `sha256sum` beside the tarball, with `.sha256` after its name, or write `#sha256=…` after `nix-install-url`.',
  },
  {
    ...COMMON,
    id: 'unpacker-missing',
    message: 'there is no … on this runner, and releases are packed with it',
    example: 'there is no xz on this runner, and releases are packed with it',
    why: 'A container without `xz` or `tar`.',
    remedy:
      'Install the package in the image, or in an earlier step: `apt-get install xz-utils`, `apk add xz`, `dnf install xz`.',
  },
  {
    ...COMMON,
    id: 'no-nix-folder',
    message: 'cannot make /nix',
    example: 'cannot make /nix',
    why: 'Only root may make a folder there.',
    remedy:
      'Run the command in the message when the image is built, or on the machine; then no `sudo` is needed.',
  },
  {
    ...COMMON,
    id: 'read-only-root',
    message: 'it is read-only',
    example: 'cannot be written to: it is read-only',
    why: 'The root file system cannot be written to.',
    remedy: 'Mount a volume at `/nix`.',
  },
  {
    ...COMMON,
    id: 'nix-of-another',
    message: "is there, and is not this user's",
    example: "the folder is there, and is not this user's",
    why: '`/nix` belongs to root, as with a Nix that has a daemon, or to another user.',
    remedy:
      'That Nix can be used as it is: put it on `PATH`, and leave out `nix-version` and `install-nix: always`.',
  },
  {
    ...COMMON,
    id: 'unpacking',
    message: 'cannot unpack …',
    example: 'cannot unpack x.tar.xz: unexpected end of input',
    why: 'What `xz` or `tar` said follows. The checksum was right, so the file at its source is damaged, or is no release.',
    remedy: 'Replace it there, or name another with `nix-install-url`.',
  },
];

const PUSHING = { source: 'client', chapter: 'Pushing', shown: 'captured' } as const;

/** What goes wrong after the build, on the way to binary caches. */
export const PUSHING_CAUSES: readonly ClientCause[] = [
  {
    ...PUSHING,
    id: 'push',
    code: 'push-failed',
    message: 'not pushed to …: …',
    example: 'not pushed to s3://cache: access denied',
    why: 'The words of Nix, or of the connection, follow. What is built is there all the same, and what was pushed is not sent again by the next run.',
    remedy: '`push-required: false` makes it a warning.',
  },
  {
    ...PUSHING,
    id: 'signing-key',
    code: 'key-invalid',
    message: 'signing-key: …',
    example: 'signing-key: this is a public key',
    why: 'It is not the private half of a key of Nix.',
    remedy:
      'Give the whole line that `nix key generate-secret --key-name NAME` prints, not the public key.',
  },
];
