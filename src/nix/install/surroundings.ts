import { access } from 'node:fs/promises';
import { findProgram } from '../find-program.ts';

type Environment = Readonly<Record<string, string>>;

/** Where Nix looks for certificates by itself. */
const NIX_OWN_BUNDLE = '/etc/ssl/certs/ca-certificates.crt';

/** Where other systems have them. */
const OTHER_BUNDLES = [
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** The certificates that Nix is to check servers against. */
export type Certificates =
  | { readonly kind: 'found' }
  /** Where Nix does not look. */
  | { readonly kind: 'elsewhere'; readonly file: string }
  | { readonly kind: 'missing' };

export async function findCertificates(env: Environment): Promise<Certificates> {
  if (env['NIX_SSL_CERT_FILE'] ?? env['SSL_CERT_FILE']) return { kind: 'found' };
  if (await isReadable(NIX_OWN_BUNDLE)) return { kind: 'found' };
  for (const file of OTHER_BUNDLES) {
    if (await isReadable(file)) return { kind: 'elsewhere', file };
  }
  return { kind: 'missing' };
}

function isReadable(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** What Nix will miss on a bare machine, for people. */
export async function missingTools(env: Environment): Promise<readonly string[]> {
  const git = await findProgram('git', env['PATH'] ?? '');
  return git === undefined
    ? [
        'There is no git on this runner: Nix cannot read a flake in a Git repository, nor fetch inputs from one. Install git, ' +
          'or name flakes as path:….',
      ]
    : [];
}
