import { defineConfig } from 'vitest/config';

export const shared = {
  pool: 'forks',
  // Each file may have a builder and a runner of its own.
  maxWorkers: 2,
  testTimeout: 60_000,
  // Starting hosts takes under a second, but on a fresh machine their root folders are made first.
  hookTimeout: 180_000,
} as const;

/** `npm test`: all but what takes long. */
export default defineConfig({
  test: {
    ...shared,
    include: ['__tests__/**/*.test.ts'],
    exclude: ['__tests__/**/*.matrix.test.ts'],
  },
});
