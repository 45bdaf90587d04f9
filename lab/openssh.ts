import type { Builder } from './builder.ts';
import type { NixHost } from './nix-host.ts';
import { USERS, type UserName } from './users.ts';

/**
 * Sets up the OpenSSH client of a user of a host, as stock Nix uses it: `ssh-ng://ci@builder` then reaches the builder.
 * @param port where the builder is reached: a link's, or its own
 */
export async function setUpOpenssh(
  host: NixHost,
  user: UserName,
  builder: Builder,
  port: number = builder.port,
): Promise<void> {
  const folder = `${USERS[user].home}/.ssh`;
  const config = [
    `Host ${builder.name}`,
    '  HostName 127.0.0.1',
    `  Port ${port}`,
    `  IdentityFile ${folder}/lab-key`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile ${folder}/lab-known-hosts`,
    '',
  ].join('\n');
  await host.write(
    folder,
    {
      config,
      'lab-key': builder.key.privateKey,
      'lab-known-hosts': builder.knownHosts(port),
    },
    user,
  );
  await host.output(['chmod', '600', `${folder}/lab-key`], { user });
}
