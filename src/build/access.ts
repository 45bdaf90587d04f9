import type { Login } from '../ssh/options.ts';

/** A machine, as far as it matters to who may log in there, and how it proves who it is. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** undefined: that is left to who logs in. */
  readonly user: string | undefined;
  /** Path of a private key on the runner, where the machine has one of its own. */
  readonly sshKey: string | undefined;
  /** Base64 of the one host key it is to show; undefined: those that are known of it. */
  readonly publicHostKey: string | undefined;
}

/** How machines are logged in to, and what proves either side to the other. */
export interface Access {
  /** @throws ActionError `credentials-missing` when there is nothing to log in with, and those of ssh/private-key.ts */
  readonly loginFor: (endpoint: Endpoint) => Promise<Login>;
}
