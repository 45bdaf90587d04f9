import type { ActionError } from '../../domain/errors.ts';
import type { SigningKey } from '../../domain/signing-key.ts';
import type { RemoteStoreUri } from '../../domain/store-uri.ts';
import type { CopySelection } from '../copy-selection.ts';

/** A store that outputs go to. */
export interface PushStore {
  /** For people: without a password, and of a binary cache without a user, who may be a token. */
  readonly label: string;
  /** Which attributes' outputs. */
  readonly selection: CopySelection;
  readonly way:
    /** A daemon: we copy ourselves. */
    | { readonly kind: 'daemon'; readonly uri: RemoteStoreUri }
    /** A binary cache: Nix writes it, by this URI. */
    | { readonly kind: 'binary-cache'; readonly uri: string };
}

/** What becomes of outputs after they are built. */
export interface PushRequest {
  readonly stores: readonly PushStore[];
  /** Signs what is pushed. */
  readonly signingKey: SigningKey | undefined;
  /** Whether a push that fails fails the step. */
  readonly isRequired: boolean;
  /** Variables that Nix gets for writing binary caches, beside those of any child: credentials of clouds. */
  readonly env: Readonly<Record<string, string>>;
}

/** How pushing to one store ended. */
export interface PushReport {
  readonly store: string;
  /** Attributes whose outputs are there now. */
  readonly pushed: readonly string[];
  readonly failed: readonly string[];
  /** Why those are not; undefined if none failed. */
  readonly error: ActionError | undefined;
  readonly isRequired: boolean;
}
