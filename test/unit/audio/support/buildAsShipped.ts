import { createRequire } from 'node:module';
import type { BuildOptions } from 'esbuild';
import { build } from 'esbuild';

const { host } = createRequire(import.meta.url)('../../../../esbuild.js') as { readonly host: BuildOptions };

/** Bundles entries into a folder as the extension's own are: with the same parts left out, and code split alike. */
export async function buildAsShipped(entryPoints: Readonly<Record<string, string>>, outdir: string): Promise<void> {
  await build({ ...host, entryPoints: { ...entryPoints }, outdir, metafile: false, minify: false, logLevel: 'error' });
}
