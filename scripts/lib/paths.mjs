// Where things are. Everything here works in a fresh clone, before anything is installed.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const cache = join(root, '.cache');
export const out = join(root, 'out');
export const screenshots = join(out, 'screenshots');
export const results = join(out, 'results');
export const vsix = join(out, 'earshot.vsix');
export const sampleWorkspace = join(cache, 'sample-workspace');

/**
 * The Node that VS Code's server, vitest and vsce need (22.15 or newer). The one that started us may be older, so the
 * npm package `node` brings one along; without it we hope for the best with our own.
 */
export function modernNode() {
  const bundled = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return existsSync(bundled) ? bundled : process.execPath;
}
