import { defineConfig } from 'vitest/config';
import { PATIENCE } from './__tests__/helpers/patience.ts';

export const shared = {
  pool: 'forks',
  // Each file may have a builder and a runner of its own.
  maxWorkers: 2,
  testTimeout: 60_000,
  // Starting hosts takes under a second, but on a fresh machine their root folders are made first.
  hookTimeout: 180_000,
  expect: { poll: PATIENCE },
} as const;

/** Tests that cover one suite after the other: `npm test` takes the ends, the matrix the middle. */
export const bySuite = [
  '__tests__/nix/*.test.ts',
  '__tests__/lab/hosts.test.ts',
  '__tests__/ssh/builder.test.ts',
  '__tests__/tunnel/nix.lab.test.ts',
  '__tests__/scenarios/{mode-local,rebuild,push,retain}.test.ts',
  '__tests__/scenarios/{github-token,nix-config}.test.ts',
  '__tests__/offload/{pass-through,take-over}.test.ts',
];

/** `npm test`: all but what takes long. */
export default defineConfig({
  test: {
    ...shared,
    include: ['__tests__/**/*.test.ts'],
    exclude: ['__tests__/**/*.matrix.test.ts', '__tests__/**/*.alone.test.ts'],
    env: { NRB_TEST_SUITES: 'bookworm,sid' },
  },
});
