// The packages of package-lock.json, and VS Code itself.
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fingerprint, isStamped, writeStamp } from './fingerprint.mjs';
import { cache, root } from './paths.mjs';
import { npm, runOrThrow, withRetries } from './run.mjs';

/** `npm ci`, unless node_modules already holds what package-lock.json says. */
export async function installDependencies() {
  const stampFile = join(root, 'node_modules', '.earshot-setup');
  const stamp = fingerprint([join(root, 'package-lock.json')]);
  if (isStamped(stampFile, stamp)) return;
  if (await installedMatchesLock()) return writeStamp(stampFile, stamp);
  console.log('Installing the packages of package-lock.json: compiler, bundler, test runners, Node 24 (npm ci)');
  await withRetries('npm ci', () =>
    npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root }),
  );
  writeStamp(stampFile, stamp);
}

/** Somebody who just ran `npm ci` or `npm install` by hand should not have to wait for another. */
async function installedMatchesLock() {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden) || !existsSync(join(root, 'node_modules', 'node', 'bin'))) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const found = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.optional || found[path]?.version === entry.version,
  );
}

const serverPackage = {
  name: 'code-server',
  version: '4.139.1',
  integrity: 'sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==',
};

/** Where `out/server-main.js` of the VS Code server lives once `installVscodeServer` has run. */
export const serverFolder = join(cache, `vscode-server-${serverPackage.version}`);

/**
 * VS Code's server and web workbench, taken out of the npm package code-server. It is not an ordinary dependency
 * because its install script compiles native modules that we can do without.
 */
export async function installVscodeServer() {
  if (!existsSync(serverFolder)) await downloadVscodeServer();
  const plainLog = join(root, 'scripts', 'lib', 'plainLog.cjs');
  copyFileSync(plainLog, join(serverFolder, 'node_modules', '@vscode', 'spdlog', 'index.js'));
}

async function downloadVscodeServer() {
  const { name, version, integrity } = serverPackage;
  console.log(`Installing VS Code's server (npm package ${name}@${version}, 47 MB) to run the extension in`);
  mkdirSync(cache, { recursive: true });
  // Everything happens in a folder of its own that gets its real name last: a cache that exists is a whole one.
  const work = mkdtempSync(join(cache, 'unpacking-'));
  try {
    const archive = await withRetries('npm pack', () => download(name, version, work));
    const digest = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
    if (digest !== integrity) throw new Error(`${name}@${version} is not the package it was: its hash is ${digest}`);
    await runOrThrow('tar', ['-xzf', basename(archive), 'package/lib/vscode'], { cwd: work, quiet: true });
    const unpacked = join(work, 'package', 'lib', 'vscode');
    await withRetries('npm install', () =>
      npm(['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: unpacked, quiet: true }),
    );
    renameSync(unpacked, serverFolder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** @param {string} name @param {string} version @param {string} folder */
async function download(name, version, folder) {
  await npm(['pack', `${name}@${version}`, '--pack-destination', folder], { cwd: folder, quiet: true });
  return join(folder, `${name}-${version}.tgz`);
}
