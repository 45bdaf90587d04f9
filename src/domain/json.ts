/** Reads a field of JSON that another process wrote; each throws TypeError naming what is not as it should be. */
export function record(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw wrong(name, 'an object');
}

export function list(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw wrong(name, 'a list');
}

export function string(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw wrong(name, 'a string');
}

export function number(value: unknown, name: string): number {
  if (typeof value === 'number') return value;
  throw wrong(name, 'a number');
}

function wrong(name: string, expected: string): TypeError {
  return new TypeError(`${name} is not ${expected}`);
}
