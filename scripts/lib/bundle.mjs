// TypeScript of test/, bundled into ES modules that Node and the extension host can load.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { out, root } from './paths.mjs';

/**
 * Bundles TypeScript files of the repository into `out/<name>`; each keeps its file name with the extension `.mjs`.
 * Packages and the scripts stay outside the bundle: they are found where they are.
 * @param {string} name
 * @param {readonly string[]} entryPoints
 */
export async function bundle(name, entryPoints) {
  const { build } = await import('esbuild');
  const outdir = join(out, name);
  rmSync(outdir, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: entryPoints.map((path) => join(root, path)),
    outdir,
    entryNames: '[name]',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    packages: 'external',
    external: ['vscode', './scripts/*'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return outdir;
}

/** The files under a folder of the repository whose name ends so, as paths from the root. */
export function filesEndingWith(suffix, folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .filter((name) => name.endsWith(suffix))
    .sort()
    .map((name) => join(folder, name));
}
