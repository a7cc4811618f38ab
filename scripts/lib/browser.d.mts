import type { Browser } from 'playwright-core';

export interface BrowserOptions {
  /** A WAV file that the browser's microphone hears, over and over. */
  readonly microphoneFile?: string;
}
export function launchBrowser(options?: BrowserOptions): Promise<Browser>;
