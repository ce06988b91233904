import { defineConfig } from 'vitest/config';

/** Its clients wait half a second at most, and keepalived a second: other tests beside it would take that time from them. */
const ALONE = 'test/examples/moving-address.test.ts';

export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 20_000,
    pool: 'forks',
    maxWorkers: 2,
    retry: 0,
    globalSetup: 'test/kit/temporary-folder.ts',
    projects: [
      {
        extends: true,
        test: {
          name: 'side by side',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: [ALONE],
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: 'alone', include: [ALONE], sequence: { groupOrder: 1 } } },
    ],
  },
});
