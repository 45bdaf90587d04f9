import { defineConfig } from 'vitest/config';
import { bySuite, shared } from './vitest.config.ts';

/** `npm run test:matrix`: all pairs of versions, and whatever else takes long. */
export default defineConfig({
  test: {
    ...shared,
    testTimeout: 180_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'matrix',
          include: ['__tests__/**/*.matrix.test.ts', ...bySuite],
          env: { NRB_TEST_SUITES: 'trixie' },
        },
      },
      {
        extends: true,
        test: {
          // What measures the machine itself runs with nothing beside it.
          name: 'alone',
          include: ['__tests__/**/*.alone.test.ts'],
          sequence: { groupOrder: 1 },
          fileParallelism: false,
          maxWorkers: 1,
        },
      },
    ],
  },
});
