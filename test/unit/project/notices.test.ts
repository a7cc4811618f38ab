import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { build, type BuildOptions } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';

const require = createRequire(import.meta.url);
const configuration = require('../../../esbuild.js') as {
  readonly host: BuildOptions;
  readonly webviews: BuildOptions;
  readonly replaceable: { readonly entry: Record<string, string>; readonly files: Record<string, string> };
};

interface Bundled {
  readonly name: string;
  readonly version: string;
  /** Its files, and the files of ours that they are in. */
  readonly places: readonly (readonly [input: string, output: string])[];
}

/** Every package of which something is in the bundle, by the bundler's own account. */
async function bundledPackages(): Promise<Bundled[]> {
  const outputs = await Promise.all(
    [configuration.host, configuration.webviews].map(async (options) => {
      const { metafile } = await build({ ...options, metafile: true, write: false, logLevel: 'silent' });
      return Object.entries(metafile.outputs);
    }),
  );
  /** By folder: a package may lie in that of another, in a version of its own. */
  const found = new Map<string, (readonly [input: string, output: string])[]>();
  const note = (path: string, output: string): void => {
    const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
    if (folder !== undefined) found.set(folder, [...(found.get(folder) ?? []), [path, output]]);
  };
  for (const [output, { inputs }] of outputs.flat()) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) if (bytesInOutput > 0) note(path, output);
  }
  for (const [output, path] of Object.entries(configuration.replaceable.files)) note(path, `dist/${output}`);
  return [...found].map(([folder, places]) => {
    const { name, version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as Omit<Bundled, 'places'>;
    return { name, version, places };
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
      if (licence?.includes('LGPL') === true) {
        const places = packages.find((each) => each.name === name)?.places ?? [];
        expect(
          places.some(([, output]) => output.includes('replaceable/')),
          name,
        ).toBe(true);
        // What is elsewhere is the wrapper's own code, which is MIT.
        const elsewhere = places.filter(([, output]) => !output.includes('replaceable/'));
        expect(
          elsewhere.filter(([input]) => /\.wasm$|EmscriptenWasm|\/wasm\//.test(input)),
          name,
        ).toEqual([]);
      }
      expect(licence, name).toMatch(/^(MIT|Apache-2\.0|MPL-2\.0|ISC|BSD-[23]-Clause)/);
      expect(licence, name).not.toMatch(/(^|[^L])GPL/);
    }
  });
});
