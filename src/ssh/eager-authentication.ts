import type { Client, ParsedKey } from 'ssh2';

type Sign = (data: Buffer, send: (signature: Buffer) => void) => void;

/** The part of an ssh2 client that its types do not declare (ssh2 1.17.0, lib/protocol/Protocol.js). */
interface AuthenticationProtocol {
  authPK(username: string, key: ParsedKey, algorithm?: string, sign?: Sign): void;
}

/** What an RSA signature algorithm hashes with; the other keys have but one algorithm, which ssh2 knows. */
const RSA_HASHES: Readonly<Record<string, string>> = {
  'ssh-rsa': 'sha1',
  'rsa-sha2-256': 'sha256',
  'rsa-sha2-512': 'sha512',
};

/**
 * Saves two of the six round trips of connecting: a key in memory is not first offered without a signature, and the first
 * one goes out together with the request for the authentication service (RFC 4252, 7, lets a client do both).
 *
 * Call it after `connect()`. Where ssh2's internals are not as expected it changes nothing, and connecting takes longer.
 * @param first the key that will be tried first, if it is in memory
 * @param onSent called when the first request went out ahead
 */
export function authenticateEagerly(
  client: Client,
  username: string,
  first: ParsedKey | undefined,
  onSent: () => void,
): void {
  const protocol = protocolOf(client);
  if (protocol === undefined) return;
  const request = protocol.authPK.bind(protocol);
  const requestSigned = (user: string, key: ParsedKey, algorithm?: string) =>
    request(user, key, algorithm, (data, send) =>
      send(key.sign(data, algorithm === undefined ? undefined : RSA_HASHES[algorithm])),
    );
  // The server's word on which RSA algorithms it takes may come after the handshake.
  let ahead = first?.type === 'ssh-rsa' ? undefined : first;
  protocol.authPK = (user, key, algorithm, sign) => {
    if (sign !== undefined || !key.isPrivateKey()) request(user, key, algorithm, sign);
    else if (key === ahead) ahead = undefined;
    else requestSigned(user, key, algorithm);
  };
  // ssh2 asks for the service right after this event, in the same turn.
  client.once('handshake', () =>
    queueMicrotask(() => {
      if (ahead === undefined) return;
      requestSigned(username, ahead);
      onSent();
    }),
  );
}

function protocolOf(client: object): AuthenticationProtocol | undefined {
  const { _protocol } = client as { _protocol?: Partial<AuthenticationProtocol> };
  return isAuthenticationProtocol(_protocol) ? _protocol : undefined;
}

function isAuthenticationProtocol(
  protocol: Partial<AuthenticationProtocol> | undefined,
): protocol is AuthenticationProtocol {
  return typeof protocol?.authPK === 'function' && protocol.authPK.length === 4;
}
