import { basename } from 'node:path';
import type { Metafile } from 'esbuild';

const codec =
  /node_modules\/(mediabunny|mpg123-decoder|libopus-wasm|wasm-media-encoders|@wasm-audio-decoders\/(?:flac|ogg-vorbis))\/|(src\/audio\/codecs\/(?:aac|alac|flac|layer3|vorbis))\//;

/** Which codecs are in some files of a bundle, by the bundler's own account of it. */
export function codecsIn(files: readonly string[], { outputs }: Metafile): string[] {
  const found = new Set<string>();
  for (const file of files) {
    if (file.endsWith('.wasm')) found.add(basename(file));
    const output = Object.entries(outputs).find(([path]) => path.endsWith(file))?.[1];
    for (const [input, { bytesInOutput }] of Object.entries(output?.inputs ?? {})) {
      const [, library, ours] = codec.exec(input) ?? [];
      const name = library ?? ours;
      if (name !== undefined && bytesInOutput > 0) found.add(name);
    }
  }
  return [...found].sort();
}

/** The files that are loaded with one: what it imports at once, and what that imports. */
export function loadedWith(file: string, { outputs }: Metafile, loaded = new Set<string>()): Set<string> {
  if (loaded.has(file)) return loaded;
  loaded.add(file);
  for (const { path, kind } of outputs[file]?.imports ?? []) {
    if (kind === 'import-statement') loadedWith(path, { inputs: {}, outputs }, loaded);
  }
  return loaded;
}
