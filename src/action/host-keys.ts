import type { Endpoint } from '../build/access.ts';
import type { Destination } from '../build/step-request.ts';
import {
  lookupHostKeys,
  parseKnownHosts,
  pinnedHostKey,
  type HostKeys,
} from '../domain/known-hosts.ts';
import type { OpensshHostKeys } from '../ssh/options.ts';
import type { InputReader } from './input-reader.ts';

/** Which client connects, and which host keys are whose for it. */
export type HostChecks =
  | { readonly transport: 'ssh2'; readonly hostKeysOf: (endpoint: Host) => HostKeys }
  | { readonly transport: 'openssh'; readonly hostKeysOf: (endpoint: Host) => OpensshHostKeys };

type Host = Pick<Endpoint, 'host' | 'port' | 'publicHostKey'>;

/** Of the inputs `transport` and `known-hosts`. A key that is pinned goes before those; what is revoked there is revoked in either case. */
export function readHostChecks(
  reader: InputReader,
  destination: Destination | undefined,
): HostChecks {
  const transport = reader.choice('transport', ['ssh2', 'openssh']);
  const text = reader.text('known-hosts');
  // Which of a certificate's hosts is whose is for the client to say.
  const plain = transport === 'openssh' ? text.replace(/^[ \t]*@cert-authority\s+/gm, '') : text;
  const lines = reader.parse('known-hosts', () => parseKnownHosts(plain)) ?? [];
  if (destination?.mode === 'remote-store' || destination?.mode === 'auto') {
    for (const { base64SshPublicHostKey: pinned } of destination.stores) {
      if (pinned !== undefined) reader.parse('store', () => pinnedHostKey(pinned));
    }
  }
  const hostKeysOf = ({ host, port, publicHostKey }: Host): HostKeys => {
    const known = lookupHostKeys(lines, host, port);
    if (publicHostKey === undefined) return known;
    return { ...pinnedHostKey(publicHostKey), revoked: known.revoked };
  };
  if (transport === 'ssh2') return { transport, hostKeysOf };
  const knownHosts = text === '' ? undefined : text;
  const pinnedOf = (host: Host): HostKeys | undefined =>
    host.publicHostKey === undefined ? undefined : hostKeysOf(host);
  return { transport, hostKeysOf: (host) => ({ knownHosts, pinned: pinnedOf(host) }) };
}
