import { Complaints } from '../domain/complaints.ts';

/** A line `name = value` of nix.conf. */
export interface NixConfSetting {
  /** As written: with its `extra-`, if it has one. */
  readonly name: string;
  /** Blanks as Nix reads them: one between words, none around. */
  readonly value: string;
}

/**
 * Reads lines of nix.conf as Nix does (libutil/configuration.cc, `parseConfigFiles`); what is included is not looked at.
 * @param input whose lines they are, for errors: `extra-nix-config`
 * @throws ActionError `input-invalid` naming every line that Nix would refuse; never with a value, which may be a secret
 */
export function parseNixConf(text: string, input: string): readonly NixConfSetting[] {
  const complaints = new Complaints('input-invalid', input);
  const settings = text
    .split('\n')
    .map((line, index) => parseLine(line, `line ${index + 1}`, complaints))
    .filter((setting) => setting !== undefined);
  complaints.finish();
  return settings;
}

/** Older names that Nix still reads. */
const ALIASES: Readonly<Record<string, string>> = {
  'build-max-jobs': 'max-jobs',
  'build-cores': 'cores',
  'build-timeout': 'timeout',
  'build-max-silent-time': 'max-silent-time',
  'build-fallback': 'fallback',
  'build-use-substitutes': 'substitute',
  'build-use-sandbox': 'sandbox',
  'build-use-chroot': 'sandbox',
  'build-sandbox-paths': 'sandbox-paths',
  'build-chroot-dirs': 'sandbox-paths',
  'binary-caches': 'substituters',
  'trusted-binary-caches': 'trusted-substituters',
  'binary-cache-public-keys': 'trusted-public-keys',
};

/** A setting's name of today, without the `extra-` of a line that adds to it. */
export function baseName(name: string): string {
  const base = name.replace(/^extra-/, '');
  return ALIASES[base] ?? base;
}

const FORM = 'Write one setting a line, with blanks around the sign: name = value';

/** Nix cuts a line at `#` wherever it stands; nothing quotes it. */
function parseLine(
  line: string,
  where: string,
  complaints: Complaints,
): NixConfSetting | undefined {
  const words = line
    .replace(/#.*/s, '')
    .split(/[ \t\r]+/)
    .filter(Boolean);
  const [name, sign, ...value] = words;
  if (name === undefined) return undefined;
  if (name === 'include' || name === '!include') {
    checkInclude(words, where, complaints);
  } else if (sign === '=') {
    return { name, value: value.join(' ') };
  } else if (/^[a-z][a-z0-9-]*=/.test(name)) {
    complaints.add(`${where}: there is no blank before '='`, FORM);
  } else if (sign !== undefined && /^[a-z][a-z0-9-]*$/.test(name)) {
    complaints.add(`${where}: '${name}' is not followed by ' = '`, FORM);
  } else {
    complaints.add(`${where}: it is no setting`, FORM);
  }
  return undefined;
}

/** Nix takes a relative path from the folder of the file that includes, which is one of ours. */
function checkInclude(words: readonly string[], where: string, complaints: Complaints): void {
  const [name = '', file = '', ...more] = words;
  if (file === '' || more.length > 0) {
    complaints.add(`${where}: '${name}' takes one path, without blanks`, `Write: ${name} /a/file`);
  } else if (!file.startsWith('/')) {
    complaints.add(`${where}: the path of '${name}' is not absolute`, `Write: ${name} /a/file`);
  }
}
