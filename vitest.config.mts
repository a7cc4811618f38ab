import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // By default one core is left idle, of two.
    maxWorkers: '100%',
    projects: [
      // Nothing is measured by these limits; some tests start compilers or programs, and machines are busy at times.
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 120_000 } },
      { test: { name: 'wire', include: ['test/wire/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 120_000 } },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
