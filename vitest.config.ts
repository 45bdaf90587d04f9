import { defineConfig } from 'vitest/config';

/** What both kinds of tests share. Two files at a time: each may have a builder and a runner of its own. */
const shared = {
  pool: 'forks',
  testTimeout: 60_000,
  // Starting hosts takes under a second, but on a fresh machine their root folders are made first.
  hookTimeout: 180_000,
} as const;

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...shared,
          name: 'main',
          include: ['__tests__/**/*.test.ts'],
          exclude: ['__tests__/**/*.matrix.test.ts'],
        },
      },
      {
        // All pairs of versions and everything else that takes long: npm run test:matrix.
        test: { ...shared, name: 'matrix', include: ['__tests__/**/*.matrix.test.ts'] },
      },
    ],
  },
});
