import { defineConfig } from 'vitest/config';
import { shared } from './vitest.config.ts';

/** `npm run test:matrix`: all pairs of versions, and whatever else takes long. */
export default defineConfig({
  test: { ...shared, include: ['__tests__/**/*.matrix.test.ts'], testTimeout: 180_000 },
});
