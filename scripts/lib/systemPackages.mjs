// Programs of the operating system: a browser to look with, and speech programs for a machine without key or network.
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run, runOrThrow, withRetries } from './run.mjs';

/** Each package, the program that shows it is there, and why anybody should want it. */
const packages = [
  { name: 'chromium', isThere: () => findBrowser() !== undefined, why: 'the browser that shows and tests VS Code' },
  { name: 'pocketsphinx', isThere: () => onPath('pocketsphinx_continuous'), why: 'recognises speech offline' },
  {
    name: 'pocketsphinx-en-us',
    isThere: () => existsSync('/usr/share/pocketsphinx/model/en-us'),
    why: 'the English model of pocketsphinx',
  },
  { name: 'flite', isThere: () => onPath('flite'), why: 'speaks the sample recordings' },
  { name: 'ffmpeg', isThere: () => onPath('ffmpeg'), why: 'makes test recordings and says what is right about them' },
  { name: 'espeak-ng', isThere: () => onPath('espeak-ng'), why: 'speaks when flite cannot' },
];

/** Installs what is missing where we may; elsewhere says what the person can do, and goes on. */
export async function installSystemPackages() {
  const missing = packages.filter((each) => !each.isThere());
  if (missing.length === 0) return;
  if (process.platform !== 'linux' || !onPath('apt-get')) {
    const wanted = missing.filter(({ name }) => name === 'chromium' || process.platform === 'linux');
    for (const { name, why } of wanted) console.log(`Not found: ${name} (${why}). Please install it.`);
    return;
  }
  const names = missing.map(({ name }) => name);
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...names];
  if (process.getuid?.() !== 0) {
    console.log('These system packages are missing, and only an administrator may install them:');
    for (const { name, why } of missing) console.log(`  ${name}: ${why}`);
    console.log(`Please run:\n  sudo apt-get update && sudo ${install.join(' ')}`);
    return;
  }
  console.log('Installing system packages (apt-get):');
  for (const { name, why } of missing) console.log(`  ${name}: ${why}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await withRetries('apt-get', async () => {
      await run('apt-get', ['update'], { env, quiet: true });
      await runOrThrow(install[0], install.slice(1), { env, quiet: true });
    });
  } catch (error) {
    console.log(`${error instanceof Error ? error.message : error}\nPlease run:\n  ${install.join(' ')}`);
  }
}

/** @param {string} program */
export function onPath(program) {
  const names = process.platform === 'win32' ? [`${program}.exe`, `${program}.cmd`] : [program];
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.some((folder) => names.some((name) => isExecutable(join(folder, name))));
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A Chromium, Chrome or Edge on this machine; `CHROME_PATH` has the first word. */
export function findBrowser() {
  const { env } = process;
  const programFolders = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter(Boolean);
  const places = {
    linux: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'].flatMap((name) =>
      ['/usr/bin', '/usr/local/bin', '/snap/bin'].map((folder) => join(folder, name)),
    ),
    darwin: ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    ),
    win32: programFolders.flatMap((folder) => [
      join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
      join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
    ]),
  };
  return [env.CHROME_PATH, ...(places[process.platform] ?? [])].find((file) => file && isExecutable(file));
}

/** The browser, or a reason that says what to do. */
export function requireBrowser() {
  const browser = findBrowser();
  if (browser) return browser;
  throw new Error('No Chromium, Chrome or Edge was found. Install one, or set CHROME_PATH to its executable.');
}
