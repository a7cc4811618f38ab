import { createRequire } from 'node:module';
import { build, type BuildOptions, type Metafile } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { codecsIn, loadedWith } from '../../support/bundledCodecs.js';

const { host } = createRequire(import.meta.url)('../../../esbuild.js') as { readonly host: BuildOptions };

describe('what is loaded', () => {
  let metafile: Metafile;
  beforeAll(async () => {
    ({ metafile } = await build({ ...host, metafile: true, write: false, logLevel: 'silent' }));
  });

  /** The file that begins with the code of a module. */
  function fileOf(module: string): string {
    const found = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === module);
    if (found === undefined) throw new Error(`${module} begins no file.`);
    return found[0];
  }

  it.each(['src/extension.ts', 'src/host/audioWorkerMain.ts', 'src/host/audioWorkerEngine.ts'])(
    'with %s is no codec: each comes when its format appears',
    (module) => {
      expect(codecsIn([...loadedWith(fileOf(module), metafile)], metafile)).toEqual([]);
    },
  );

  it.each([
    ['src/audio/readers/flacLibrary.ts', ['@wasm-audio-decoders/flac']],
    ['src/audio/readers/vorbisDecoder.ts', ['src/audio/codecs/vorbis']],
    ['src/audio/readers/vorbisLibrary.ts', ['@wasm-audio-decoders/ogg-vorbis']],
    ['src/audio/readers/opusDecoder.ts', ['libopus-wasm']],
    ['src/audio/readers/aacDecoder.ts', ['src/audio/codecs/aac']],
    ['src/audio/readers/alacDecoder.ts', ['src/audio/codecs/alac']],
    ['src/audio/encoders/mp3Encoder.ts', ['wasm-media-encoders']],
  ])('with %s is %j and no other', (module, codecs) => {
    expect(codecsIn([...loadedWith(fileOf(module), metafile)], metafile)).toEqual(codecs);
  });
});
