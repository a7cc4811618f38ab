import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { build, type BuildOptions } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';

const require = createRequire(import.meta.url);
const configuration = require('../../../esbuild.js') as {
  readonly host: BuildOptions;
  readonly replaceable: { readonly entry: Record<string, string>; readonly files: Record<string, string> };
};

interface Bundled {
  readonly name: string;
  readonly version: string;
  /** The files of the package that it is in. */
  readonly outputs: readonly string[];
}

/** Every package of which something is in the bundle, by the bundler's own account. */
async function bundledPackages(): Promise<Bundled[]> {
  const { metafile } = await build({ ...configuration.host, metafile: true, write: false, logLevel: 'silent' });
  const found = new Map<string, Set<string>>();
  const note = (path: string, output: string): void => {
    const name = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
    if (name !== undefined) found.set(name, (found.get(name) ?? new Set()).add(output));
  };
  for (const [output, { inputs }] of Object.entries(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) if (bytesInOutput > 0) note(path, output);
  }
  for (const [output, path] of Object.entries(configuration.replaceable.files)) note(path, `dist/${output}`);
  return [...found].map(([name, outputs]) => {
    const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')) as { version: string };
    return { name, version, outputs: [...outputs] };
  });
}

describe('THIRD_PARTY_NOTICES', () => {
  const rows = readFileSync('THIRD_PARTY_NOTICES.md', 'utf8')
    .split('\n')
    .filter((line) => /^\| [a-z@]/.test(line) && !line.startsWith('| package'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  let packages: Bundled[] = [];
  beforeAll(async () => {
    packages = await bundledPackages();
  });

  it('names what is bundled, at its version, and nothing else', () => {
    const listed = rows.map(([, name, version]) => `${name ?? ''} ${version ?? ''}`);
    expect(listed.sort()).toEqual(packages.map(({ name, version }) => `${name} ${version}`).sort());
  });

  it('knows only licences that may be bundled, the LGPL only in files that can be replaced', () => {
    for (const [, name, , licence] of rows) {
      const inOwnFiles = packages
        .find((each) => each.name === name)
        ?.outputs.every((file) => file.includes('replaceable/'));
      for (const word of (licence ?? '').match(/[A-Z][\w.]*-?[\d.]*\w*/g) ?? []) {
        if (word.startsWith('LGPL')) expect(inOwnFiles, `${name ?? ''} in ${licence ?? ''}`).toBe(true);
      }
      expect(licence, name).toMatch(/^(MIT|Apache-2\.0|MPL-2\.0|ISC|BSD-[23]-Clause)/);
      expect(licence, name).not.toMatch(/(^|[^L])GPL/);
    }
  });
});
