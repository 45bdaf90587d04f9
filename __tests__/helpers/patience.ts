/** For what is waited for until it happens: long for a machine that is busy, short beside a test's own limit. */
export const PATIENCE = { timeout: 20_000, interval: 20 } as const;
