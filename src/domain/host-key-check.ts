import { ActionError } from './errors.ts';
import { knownHostsName, type HostKeys } from './known-hosts.ts';
import { fingerprint, publicKeyFromBlob, samePublicKey, type PublicKey } from './public-key.ts';

export type HostKeyVerdict = 'trusted' | 'unknown-host' | 'mismatch' | 'revoked';

/** Whether a host that presents `key` is the one that `known` speaks of. Revocation wins. */
export function verifyHostKey(known: HostKeys, key: PublicKey): HostKeyVerdict {
  if (known.revoked.some((revoked) => samePublicKey(revoked, key))) return 'revoked';
  if (known.trusted.some((trusted) => samePublicKey(trusted, key))) return 'trusted';
  return known.trusted.length === 0 ? 'unknown-host' : 'mismatch';
}

/**
 * What is wrong with the key that a host presents; undefined if it is trusted.
 * @param blob the key in SSH's wire format
 */
export function hostKeyFailure(
  known: HostKeys,
  host: string,
  port: number,
  blob: Buffer,
): ActionError | undefined {
  const key = publicKeyFromBlob(blob);
  if (key === undefined) {
    return new ActionError('host-key-mismatch', `${host} presented a host key that cannot be read`);
  }
  switch (verifyHostKey(known, key)) {
    case 'trusted':
      return undefined;
    case 'unknown-host':
      return unknownHost(known, host, port, key);
    case 'mismatch':
      return mismatch(known, host, port, key);
    case 'revoked':
      return new ActionError(
        'host-key-revoked',
        `the host key of ${host} is marked @revoked in ${known.source}: ${describe(key)}`,
        { hint: 'Do not connect: ask whoever runs the builder which key it has now.' },
      );
  }
}

/**
 * The signature algorithms to ask a host for, so that one with several keys presents a key that is known.
 * Undefined when no key is known: then any will do, for it is only shown.
 */
export function hostKeyAlgorithms(known: HostKeys): readonly string[] | undefined {
  if (known.trusted.length === 0) return undefined;
  const types = [...new Set(known.trusted.map((key) => key.type))];
  return types.flatMap((type) =>
    // An RSA key signs with SHA-2 since RFC 8332; its type is still called ssh-rsa.
    type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type],
  );
}

/** For a host that offers no key of any type known for it. */
export function noCommonHostKey(known: HostKeys, host: string): ActionError {
  const message = `${host} has no host key of the type that ${known.source} knows for it (${typesOf(known)})`;
  return new ActionError('host-key-mismatch', message, { hint: addAnotherKey(known) });
}

/** For a host of which only keys are known that cannot be checked, such as ssh-dss. */
export function uncheckableHostKey(known: HostKeys, host: string): ActionError {
  const message = `${known.source} has only keys for ${host} of a type that cannot be checked here (${typesOf(known)})`;
  return new ActionError('host-key-mismatch', message, { hint: addAnotherKey(known) });
}

function typesOf(known: HostKeys): string {
  return [...new Set(known.trusted.map((key) => key.type))].join(', ');
}

function addAnotherKey({ source }: HostKeys): string {
  return `Print the keys it has with \`cat /etc/ssh/ssh_host_*_key.pub\` on the builder, and add the ed25519 one to ${source}.`;
}

function unknownHost(known: HostKeys, host: string, port: number, key: PublicKey): ActionError {
  const message = known.empty
    ? `no host key is known: known-hosts is empty, and ${host} presents ${describe(key)}`
    : `the host key of ${knownHostsName(host, port)} is not in known-hosts; it presents ${describe(key)}`;
  return new ActionError('host-key-unknown', message, {
    hint:
      'Compare that with `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` run on the builder itself (its key of that type). ' +
      `If they agree, add this line to the input known-hosts: ${knownHostsLine(host, port, key)}`,
  });
}

function mismatch(known: HostKeys, host: string, port: number, key: PublicKey): ActionError {
  const expected = known.trusted.map(describe).join(' or ');
  const line =
    known.source === 'known-hosts'
      ? knownHostsLine(host, port, key)
      : Buffer.from(`${key.type} ${key.base64}`).toString('base64');
  return new ActionError(
    'host-key-mismatch',
    `the host key of ${knownHostsName(host, port)} has changed: it presents ${describe(key)}, but ${known.source} has ${expected}`,
    {
      hint:
        'Somebody may be impersonating the builder. Only if its key was really replaced, put this into ' +
        `${known.source} in place of the old one: ${line}`,
    },
  );
}

function describe(key: PublicKey): string {
  return `${key.type} ${fingerprint(key)}`;
}

function knownHostsLine(host: string, port: number, key: PublicKey): string {
  return `${knownHostsName(host, port)} ${key.type} ${key.base64}`;
}
