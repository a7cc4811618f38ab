// Builds everything that ships: the extension, its audio worker, and one bundle per webview under media/.
// `--watch` rebuilds on change, `--development` keeps names and source maps, `--metafile` writes out/meta.json for the bench.
const { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const esbuild = require('esbuild');

const has = (flag) => process.argv.includes(flag);
const development = has('--development') || has('--watch');

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  minify: !development,
  sourcemap: development,
  // VS Code names our classes in its logs; a minified name there helps nobody.
  keepNames: development,
  legalComments: 'none',
  logLevel: 'info',
  metafile: true,
};

/**
 * Left out: the decoders' packages bring a parser of their own for files (codec-parser, LGPL) and workers made from text.
 * We read files ourselves (src/audio/readers) and decode in the worker that we are in, under a policy that forbids others.
 * And an SDK's check of web hooks, which nobody sends us, and another's stand-in for a `fetch` that is missing nowhere.
 */
const leftOut = {
  name: 'left-out',
  setup(build) {
    const names = ['data', 'totalSamples', 'codecFrames', 'header', 'vorbisComments', 'vorbisSetup', 'isLastPage'];
    const contents = `export default class {}\nexport class Webhook {}\n${names.map((name) => `export const ${name} = '${name}';`).join('\n')}`;
    build.onResolve({ filter: /^(codec-parser|@eshaz\/web-worker|standardwebhooks|whatwg-fetch)$/ }, ({ path }) => ({
      path,
      namespace: 'left-out',
    }));
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents }));
  },
};

/** LGPL code, each in a file of its own that can be replaced (THIRD_PARTY_NOTICES.md says with what). */
const replaceable = {
  entry: { 'replaceable/mpg123': 'mpg123-decoder' },
  files: { 'replaceable/lame.wasm': 'node_modules/wasm-media-encoders/wasm/mp3.wasm' },
};

/** The extension host's code. Code splitting puts every dynamic import (the SDKs) into a chunk that is parsed on first use. */
const host = {
  ...common,
  entryPoints: { extension: 'src/extension.ts', audioWorker: 'src/host/audioWorkerMain.ts', ...replaceable.entry },
  plugins: [leftOut],
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  splitting: true,
  platform: 'node',
  target: 'node22',
  external: ['vscode'],
  // Bundled CommonJS packages may still call require() for Node's own modules; ES modules have none of their own.
  banner: {
    js: "import{createRequire as __earshotRequire}from'node:module';const require=__earshotRequire(import.meta.url);",
  },
};

const views = readdirSync('media', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join('media', entry.name, 'main.ts')))
  .map((entry) => entry.name);

const webviews = {
  ...common,
  entryPoints: Object.fromEntries(views.map((view) => [view, `media/${view}/main.ts`])),
  outdir: 'dist/media',
  format: 'esm',
  platform: 'browser',
  target: 'chrome130',
};

async function main() {
  rmSync('dist', { recursive: true, force: true });
  for (const [name, path] of Object.entries(replaceable.files)) {
    mkdirSync(join('dist', dirname(name)), { recursive: true });
    copyFileSync(path, join('dist', name));
  }
  const configurations = views.length > 0 ? [host, webviews] : [host];
  if (has('--watch')) {
    for (const configuration of configurations) await (await esbuild.context(configuration)).watch();
    return;
  }
  const results = await Promise.all(configurations.map((configuration) => esbuild.build(configuration)));
  if (has('--metafile')) {
    mkdirSync('out', { recursive: true });
    writeFileSync('out/meta.json', JSON.stringify(results.map((result) => result.metafile)));
  }
}

if (require.main === module) main().catch(() => process.exit(1));

module.exports = { host, replaceable, webviews };
