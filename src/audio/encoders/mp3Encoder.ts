import { createEncoder } from 'wasm-media-encoders';
import { speechSampleRate } from '../speechFormat.js';
import { ByteCollector } from './byteCollector.js';
import { chooseFastSearch } from './lameSettings.js';
import { mp3InfoFrame } from './mp3InfoFrame.js';
import type { SoundEncoder } from './soundEncoder.js';

/** Samples of silence that LAME puts in front. */
const encoderDelay = 576;
const frameSampleCount = 576; // MPEG-2, which has 16 kHz

/** MP3 of constant bit rate by LAME, whose code is not in our bundle: `lame` is its WebAssembly module. */
export async function createMp3Encoder(
  kilobitsPerSecond: 32 | 48 | 64,
  lame: WebAssembly.Module,
): Promise<SoundEncoder> {
  const encoder = await createEncoder('audio/mpeg', lame);
  const frameByteLength = kilobitsPerSecond * 4.5;
  // LAME writes no tag of its own here: room for ours is kept in front.
  const like = Uint8Array.of(0xff, 0xf3, 0x48, 0xc4);
  const counts = { frames: 0, byteLength: 0, delay: encoderDelay, padding: 0, isConstantBitRate: true };
  const placeholder = mp3InfoFrame(like, counts);
  const file = new ByteCollector();
  let sampleCount = 0;
  const begin = (): void => {
    encoder.configure({ sampleRate: speechSampleRate, channels: 1, bitrate: kilobitsPerSecond });
    chooseFastSearch(encoder);
    file.add(placeholder);
    sampleCount = 0;
  };
  begin();
  return {
    encode(samples) {
      sampleCount += samples.length;
      // The result is a view of the module's memory, and is copied by the collector.
      if (samples.length > 0) file.add(encoder.encode([samples]));
    },
    finish() {
      file.add(encoder.finalize());
      // At least 576 of them are padding: LAME leaves room for the delay of decoders.
      const frames = Math.round((file.byteLength - placeholder.byteLength) / frameByteLength);
      const bytes = file.take();
      const padding = frames * frameSampleCount - encoderDelay - sampleCount;
      bytes.set(
        mp3InfoFrame(bytes.subarray(placeholder.byteLength), {
          ...counts,
          frames,
          byteLength: bytes.byteLength,
          padding,
        }),
      );
      begin();
      return bytes;
    },
    free: () => undefined,
  };
}
