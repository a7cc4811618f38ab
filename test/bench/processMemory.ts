import { readFileSync } from 'node:fs';
import { resourceUsage } from 'node:process';

/** At its highest, with all threads. Linux's own figure where there is one: that of getrusage counts what the parent had, too. */
export function peakMegabytes(): number {
  return (numberIn('/proc/self/status', /^VmHWM:\s*(\d+) kB/m) ?? resourceUsage().maxRSS) / 1024;
}

export function numberIn(path: string, pattern: RegExp): number | undefined {
  try {
    return Number(pattern.exec(readFileSync(path, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}
