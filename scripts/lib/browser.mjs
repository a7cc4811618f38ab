// The browser that shows VS Code to a test: headless, quiet, and with nothing of the person's in it.
import { requireBrowser } from './systemPackages.mjs';

/** @param {import('./browser.d.mts').BrowserOptions} [options] */
export async function launchBrowser(options = {}) {
  // Loaded late: a fresh clone has no packages yet when it loads this file.
  const { chromium } = await import('playwright-core');
  const microphone = options.microphoneFile && [
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-audio-capture=${options.microphoneFile}`,
  ];
  return chromium.launch({
    executablePath: requireBrowser(),
    headless: true,
    args: [
      // Chromium refuses to run its sandbox as root, which is what containers and most CI are.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(microphone ?? []),
    ],
  });
}
