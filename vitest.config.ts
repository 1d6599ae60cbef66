import { defineConfig } from 'vitest/config'

// A run of .ci/run leaves its figures in this file as JSON.
const report = process.env['PILOTWIRE_TEST_REPORT']

/** Those of `processes` that stand beside what they test, and the longest runs in simulated time. */
const slow = [
  'test/bench/main.test.ts',
  'test/core/charging/composite-by-force.test.ts',
  'test/hal/bus/gpio-sysfs.test.ts',
  'test/hal/modbus/serial-port.test.ts',
  'test/local/http/malformed.test.ts',
  'test/store/crash.test.ts',
  'test/store/power-cut.test.ts',
  'test/store/recovery.test.ts',
  'test/stories/independent-peer.test.ts',
  'test/stories/seven-days.test.ts',
  'test/stories/walk.test.ts',
  'test/transfer/http.test.ts',
]

export default defineConfig({
  test: {
    pool: 'forks',
    // Vitest leaves one core to itself, which of two is half the machine.
    maxWorkers: '100%',
    globalSetup: ['test/left-out-setup.ts'],
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    projects: [
      {
        extends: true,
        test: {
          // The quick loop: `npm run test:quick`.
          name: 'house',
          include: ['test/**/*.test.ts'],
          exclude: ['test/package/**', 'test/e2e/**', 'test/crash/**', ...slow],
          testTimeout: 15_000,
          hookTimeout: 15_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          // Real processes, sockets and files, and weeks: seconds per test, more on a busy machine.
          name: 'processes',
          include: ['test/e2e/**/*.test.ts', 'test/crash/**/*.test.ts', ...slow],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          // Builds, packs and installs: seconds per test, and it wants the machine for itself.
          name: 'package',
          include: ['test/package/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // The groups count from 1: with one worker vitest runs group 0 last.
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
})
