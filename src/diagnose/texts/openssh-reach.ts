import type { TextCause } from '../cause.ts';

const COMMON = { source: 'tools', weight: 'cause', chapter: 'Reaching the builder' } as const;

/** The way to an SSH server, and the end of it (sshconnect.c, packet.c, clientloop.c, mux.c). */
export const OPENSSH_REACH_TEXTS: readonly TextCause[] = [
  {
    ...COMMON,
    id: 'ssh-name-unknown',
    code: 'host-unresolvable',
    message: 'Could not resolve hostname …',
    patterns: [/Could not resolve hostname (?<host>[^\s:]+)/i],
    examples: [
      'ssh: Could not resolve hostname builder.invalid: Name or service not known',
      'ssh: Could not resolve hostname builder.example.org: Temporary failure in name resolution',
    ],
    why: 'No name server of this machine knows `{host}`; or Nix before 2.31 took the port in the URI for a part of the name.',
    remedy:
      'Correct the name in the URI. A port goes into a `Host` entry of the ssh_config of whoever runs Nix, or takes Nix 2.31.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'ssh-refused',
    code: 'host-unreachable',
    message: 'connect to host … port …: Connection refused',
    patterns: [/connect to host (?<host>\S+) port (?<port>\d+): Connection refused/i],
    examples: ['ssh: connect to host 127.0.0.1 port 1: Connection refused'],
    why: 'Nothing listens on port {port} of {host}.',
    remedy: 'Start sshd on {host}, or correct the port.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'ssh-no-answer',
    code: 'connect-timeout',
    message: 'connect to host … port …: Connection timed out',
    patterns: [
      /connect to host (?<host>\S+) port (?<port>\d+): (?:Connection|Operation) timed out/i,
      /Connection (?:to \S+ port \d+ )?timed out(?: during banner exchange)?\s*$/im,
    ],
    examples: [
      'ssh: connect to host builder port 22: Connection timed out',
      'Connection timed out during banner exchange',
      'Connection to 10.0.0.1 port 22 timed out',
    ],
    why: 'Packets to the builder are dropped: usually a firewall, or the builder is down.',
    remedy:
      "Open the port in the builder's firewall. GitHub-hosted runners have changing addresses.",
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'ssh-no-route',
    code: 'host-unreachable',
    message: 'connect to host … port …: No route to host',
    patterns: [
      /connect to host (?<host>\S+) port (?<port>\d+): (?!Connection (?:refused|timed out)|Operation timed out)(?<reason>[^\r\n]+)/i,
    ],
    examples: [
      'ssh: connect to host builder port 22: No route to host',
      'ssh: connect to host builder port 22: Network is unreachable',
    ],
    why: 'This machine has no way to {host}: {reason}.',
    remedy: 'Is the builder up, and in a network that this runner reaches (VPN, IPv6)?',
    shown: 'captured',
  },
  {
    ...COMMON,
    id: 'ssh-turned-away',
    code: 'host-unreachable',
    message: 'kex_exchange_identification: Connection closed by remote host',
    patterns: [
      /^(?:kex_exchange_identification|ssh_exchange_identification|banner exchange): .*(?:closed|reset)/im,
      /Exceeded MaxStartups|Not allowed at this time/i,
    ],
    examples: [
      'kex_exchange_identification: Connection closed by remote host',
      'kex_exchange_identification: read: Connection reset by peer',
      'ssh_exchange_identification: Connection closed by remote host',
    ],
    why: 'sshd turned this client away before the handshake: too many at once, or after failed log-ins (fail2ban too).',
    remedy:
      "Raise `MaxStartups` in sshd_config on the builder, see to `PerSourcePenalties` and fail2ban there; or let later steps use this step's one connection.",
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'ssh-closed',
    weight: 'symptom',
    code: 'host-unreachable',
    message: 'Connection closed by … port …',
    patterns: [/^Connection (?:closed|reset) by (?!UNKNOWN)(?<host>\S+) port \d+/im],
    examples: ['Connection closed by 10.0.0.1 port 22', 'Connection reset by 10.0.0.1 port 22'],
    why: '{host} closed the connection, and the client does not say when: OpenSSH 10 says no more when sshd turns it away at once.',
    remedy:
      'Raise `MaxStartups` in sshd_config on the builder, see to `PerSourcePenalties` and fail2ban there; the journal of sshd says why.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'ssh-sessions-refused',
    code: 'channel-refused',
    message: 'Session open refused by peer',
    patterns: [
      /mux_client_request_session|Session open refused by peer/i,
      /(?<!open failed: )administratively prohibited/i,
    ],
    examples: [
      'mux_client_request_session: session request failed: Session open refused by peer',
      'administratively prohibited: open failed',
    ],
    why: 'sshd on the builder allows fewer programs on one connection (`MaxSessions`), or forbids forwarding.',
    remedy:
      'Raise `MaxSessions` in sshd_config on the builder, and take `restrict` off the key in authorized_keys, or add `port-forwarding` behind it.',
    shown: 'captured',
  },
  {
    ...COMMON,
    id: 'ssh-jump-failed',
    code: 'host-unreachable',
    message: 'channel 0: open failed: …',
    patterns: [/stdio forwarding failed/i, /open failed: (?<reason>[^\r\n]+)/i],
    examples: [
      'channel 0: open failed: connect failed: Connection refused\r\nstdio forwarding failed',
      'channel 0: open failed: administratively prohibited: open failed\r\nstdio forwarding failed',
    ],
    why: 'The host on the way (`ProxyJump`) let us in, but does not connect to the builder: {reason}.',
    remedy:
      'Set `AllowTcpForwarding yes` on the host on the way; is the builder up, as seen from there?',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'ssh-no-server',
    code: 'protocol-mismatch',
    message: 'kex_exchange_identification: banner line contains invalid characters',
    patterns: [
      /banner line contains invalid|invalid protocol identifier|Protocol major versions differ|Bad remote protocol version identification|banner exchange: .*invalid format/i,
    ],
    examples: [
      'kex_exchange_identification: banner line contains invalid characters\r\nbanner exchange: Connection to 127.0.0.1 port 25: invalid format',
      "Bad remote protocol version identification: 'HTTP/1.1 400'",
      'banner exchange: Connection to 127.0.0.1 port 25: invalid format',
    ],
    why: 'What listens on that port is no SSH server.',
    remedy: 'Correct the port.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'ssh-no-common-algorithm',
    code: 'connection-lost',
    message: 'Unable to negotiate with …: no matching … found',
    patterns: [
      /Unable to negotiate with .*: (?<what>no matching (?!host key)[^\r\n]*)/i,
      /(?<what>no matching (?:cipher|MAC|key exchange method|compression) found[^\r\n]*)/i,
    ],
    examples: [
      'Unable to negotiate with 10.0.0.1 port 22: no matching cipher found. Their offer: 3des-cbc',
      'Unable to negotiate with 10.0.0.1 port 22: no matching key exchange method found. Their offer: diffie-hellman-group1-sha1',
    ],
    why: 'The client and sshd have no algorithm in common: {what}.',
    remedy:
      'Upgrade OpenSSH on the older side, or take the restriction out of its configuration (`Ciphers`, `MACs`, `KexAlgorithms`).',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'ssh-link-died',
    code: 'connection-lost',
    chapter: 'While it runs',
    message: 'client_loop: send disconnect: Broken pipe',
    patterns: [
      /client_loop: send disconnect|Timeout, server .* not responding|Connection to \S+ closed by remote host|packet_write_wait/i,
    ],
    examples: [
      'client_loop: send disconnect: Broken pipe',
      'Timeout, server builder not responding.',
      'Connection to builder closed by remote host.',
      'packet_write_wait: Connection to 10.0.0.1 port 22: Broken pipe',
    ],
    why: 'The link died: an idle time-out on the way, a restart of the builder, or memory that ran out there.',
    remedy:
      '`ServerAliveInterval 15` in the ssh_config of whoever runs Nix; on the builder, `uptime` and `dmesg | grep -i oom` say what happened. This step keeps its own connections alive.',
    shown: 'captured',
  },
  {
    ...COMMON,
    id: 'ssh-missing',
    code: 'input-invalid',
    message: "executing 'ssh': No such file or directory",
    patterns: [
      /(?:unable to execute|executing) 'ssh': No such file/i,
      /Could not find executable 'ssh'/i,
    ],
    examples: [
      "error: unable to execute 'ssh': No such file or directory",
      "error: executing 'ssh': No such file or directory",
      "error: Could not find executable 'ssh'",
    ],
    why: 'Nix found no `ssh`. With a daemon it is the PATH of the daemon that counts, not that of the step.',
    remedy:
      "Install the OpenSSH client on the runner, in reach of the service of nix-daemon; or use this step's `stores`, which take none.",
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
];
