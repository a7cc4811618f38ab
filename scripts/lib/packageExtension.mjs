// The extension as a user installs it: built for production and packed into one file.
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fingerprint, isStamped, writeStamp } from './fingerprint.mjs';
import { cache, modernNode, root, vsix } from './paths.mjs';
import { runOrThrow } from './run.mjs';

/** Everything that the packed file is made of. */
const inputs = [
  ...['src', 'media', 'esbuild.js', 'package.json', 'package.nls.json', 'package-lock.json', '.vscodeignore'],
  ...['README.md', 'CHANGELOG.md', 'LICENSE', 'THIRD_PARTY_NOTICES.md', 'docs'],
];

/** Packs `out/earshot.vsix`, unless it is there and nothing it is made of has changed. Returns its path. */
export async function packageExtension() {
  const stampFile = join(cache, 'package.stamp');
  const stamp = fingerprint(inputs.map((name) => join(root, name)));
  if (existsSync(vsix) && isStamped(stampFile, stamp)) return vsix;
  mkdirSync(dirname(vsix), { recursive: true });
  await runOrThrow(modernNode(), ['esbuild.js'], { cwd: root, quiet: true });
  const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  const flags = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'];
  await runOrThrow(modernNode(), [vsce, 'package', ...flags, '--out', vsix], { cwd: root, quiet: true });
  writeStamp(stampFile, stamp);
  console.log(`Packed out/earshot.vsix (${(statSync(vsix).size / 1024).toFixed(0)} KB)`);
  return vsix;
}
