/** Nix's settings by name, each as it would stand in nix.conf. */
export type NixSettings = ReadonlyMap<string, string>;

/**
 * Reads what `nix config show --json` prints: `{"cores": {"value": 4, …}, …}`.
 * @returns undefined if it is something else
 */
export function parseSettings(json: string): NixSettings | undefined {
  const parsed = parseJson(json);
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const settings = new Map<string, string>();
  for (const [name, entry] of Object.entries<unknown>({ ...parsed })) {
    if (typeof entry !== 'object' || entry === null || !('value' in entry)) continue;
    const { value } = entry;
    settings.set(name, asInNixConf(value));
  }
  return settings;
}

/** A map, as `access-tokens` is one, stands in nix.conf as `name=value` words. */
function asInNixConf(value: unknown): string {
  if (Array.isArray(value)) return value.join(' ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries<unknown>({ ...value })
    .map(([name, entry]) => `${name}=${String(entry)}`)
    .join(' ');
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
