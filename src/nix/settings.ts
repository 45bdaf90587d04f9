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
    settings.set(name, Array.isArray(value) ? value.join(' ') : String(value));
  }
  return settings;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
