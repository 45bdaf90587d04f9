import type { HostKeys } from '../domain/known-hosts.ts';
import type { Credentials } from '../ssh/credentials.ts';

/** A machine, as far as it matters to who may log in there, and how it proves who it is. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** Path of a private key on the runner, where the machine has one of its own. */
  readonly sshKey: string | undefined;
  /** Base64 of the one host key it is to show; undefined: those that are known of it. */
  readonly publicHostKey: string | undefined;
}

/** What proves either side to the other. */
export interface Access {
  /** @throws ActionError `credentials-missing` when there is nothing to log in with, and those of ssh/private-key.ts */
  readonly credentialsFor: (endpoint: Endpoint) => Promise<Credentials>;
  readonly hostKeysOf: (endpoint: Endpoint) => HostKeys;
}
