/** A connection, for people: `user@host`, with the port unless it is 22. */
export function connectionLabel(
  user: string,
  { host, port }: { readonly host: string; readonly port: number },
): string {
  return port === 22 ? `${user}@${host}` : `${user}@${host}:${port}`;
}
