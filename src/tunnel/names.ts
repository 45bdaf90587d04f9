/** Whom a tunnel leads to. */
export interface TunnelEnd {
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
}

/** Nix makes names of lock files from a machine's URI, which 255 bytes have to hold; a folder takes most of 100. */
const LONGEST = 64;
const LONGEST_USER = 24;

/**
 * File names for tunnels, which Nix shows to people as the end of each machine's URI: the host, and where several machines share that, what
 * tells them apart.
 * @returns one for each, of letters, digits, `.`, `-` and `@`, none beginning with `.`
 */
export function tunnelNames(ends: readonly TunnelEnd[]): readonly string[] {
  const choices = ends.map(candidates);
  const taken = new Set<string>();
  return choices.map((own, index) => {
    const others = choices.filter((_, other) => other !== index).flat();
    const name = own.find((each) => !others.includes(each) && !taken.has(each));
    const unique = name ?? numbered(own[0] ?? '', taken);
    taken.add(unique);
    return unique;
  });
}

/** From the shortest to the one that says all. Host names, and files on some systems, are the same in capitals. */
function candidates({ host, port, user }: TunnelEnd): readonly string[] {
  const name = plain(host.toLowerCase());
  const withPort = `${name}-${port}`;
  return [
    name,
    withPort,
    ...(user === undefined ? [] : [`${plain(user).slice(0, LONGEST_USER)}@${withPort}`]),
  ];
}

/**
 * What may stand in a word of a command line (for bash, below 2.20), a parameter of a URI, and a field of a line of the machines format, and
 * is no hidden file.
 */
function plain(text: string): string {
  const kept = text.replace(/[^A-Za-z0-9.-]/g, '-').slice(0, LONGEST);
  return kept.replace(/^\.+/, '') || 'machine';
}

function numbered(name: string, taken: ReadonlySet<string>): string {
  let number = 2;
  while (taken.has(`${name}-${number}`)) number += 1;
  return `${name}-${number}`;
}
