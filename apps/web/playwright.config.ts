import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';
import { choosePorts } from './e2e/ports.ts';

// The system's Chromium where there is one, else the one that Playwright brings.
const executablePath = process.env.CHROMIUM_PATH ?? (existsSync('/usr/bin/chromium') ? '/usr/bin/chromium' : undefined);
const ports = await choosePorts();

export default defineConfig({
  testDir: './e2e',
  globalSetup: './e2e/start-stack.ts',
  outputDir: './test-results',
  workers: 2,
  fullyParallel: true,
  forbidOnly: process.env.CI !== undefined,
  timeout: 45_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    baseURL: `http://localhost:${ports.web}`,
    viewport: { width: 1440, height: 900 },
    colorScheme: 'dark',
    locale: 'en-US',
    // Flashes are tested where they are made; here they would only keep two cores busy painting.
    contextOptions: { reducedMotion: 'reduce' },
    video: 'off',
    trace: 'retain-on-failure',
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
