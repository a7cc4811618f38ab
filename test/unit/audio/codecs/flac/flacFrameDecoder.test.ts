import { describe, expect, it } from 'vitest';
import { sourceFromBytes } from '../../../../../src/audio/byteSource.js';
import { createFlacFrameDecoder } from '../../../../../src/audio/codecs/flac/flacFrameDecoder.js';
import { openFlacTrack } from '../../../../../src/audio/readers/flacTrack.js';
import { openSound } from '../../../../../src/audio/readers/openSound.js';
import { ffmpegNote, hasFfmpeg, makeSound } from '../../support/ffmpeg.js';
import { readSound } from '../../support/readSound.js';

const seconds = 1.2;

function flac(args: readonly string[]): Uint8Array {
  return makeSound('a.flac', ['-c:a', 'flac', ...args], seconds);
}

async function firstFrameOf(bytes: Uint8Array): Promise<{ frame: Uint8Array; decode: (frame: Uint8Array) => unknown }> {
  const track = await openFlacTrack(sourceFromBytes('a.flac', bytes), 0, undefined);
  const decode = createFlacFrameDecoder(track.info, false);
  for await (const { packets } of track.batches(0)) {
    if (packets[0] !== undefined && decode !== undefined) return { frame: packets[0].slice(), decode };
  }
  throw new Error('There is no frame.');
}

describe.skipIf(!hasFfmpeg)(`decoding FLAC frames${ffmpegNote}`, () => {
  it.each<[string, readonly string[]]>([
    ['fixed predictors', ['-lpc_type', 'fixed']],
    ['short predictors', ['-compression_level', '0']],
    ['long predictors', ['-compression_level', '12', '-max_prediction_order', '32']],
    ['middle and side', ['-ch_mode', 'mid_side']],
    ['left and side', ['-ch_mode', 'left_side']],
    ['right and side', ['-ch_mode', 'right_side']],
    ['24 bits', ['-sample_fmt', 's32', '-bits_per_raw_sample', '24', '-compression_level', '12']],
    ['silence and wasted bits', ['-af', 'volume=0:enable=gt(t\\,0.6),acrusher=bits=6:mode=lin:mix=1']],
    ['six channels', ['-ac', '6']],
  ])('%s: mixes exactly what the channels hold', async (_, args) => {
    const bytes = flac(args);
    const channels = await readSound(bytes, {}, 'a.flac');
    const mixed = await readSound(bytes, { mono: true }, 'a.flac');
    expect(channels.problems).toEqual([]);
    expect([mixed.channelCount, mixed.sampleCount]).toEqual([1, Math.round(seconds * 44_100)]);
    const { channelCount, interleaved } = channels;
    const worst = mixed.interleaved.reduce((largest, sample, index) => {
      const frame = interleaved.subarray(index * channelCount, (index + 1) * channelCount);
      const mean = frame.reduce((sum, value) => sum + value, 0) / channelCount;
      return Math.max(largest, Math.abs(mean - sample));
    }, 0);
    expect(worst).toBeLessThan(1e-6);
  });

  it('finds any flipped bit by the checksum of the frame', async () => {
    const { frame, decode } = await firstFrameOf(flac([]));
    expect(() => decode(frame)).not.toThrow();
    for (let bit = 3; bit < frame.byteLength * 8; bit += 997) {
      const damaged = frame.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => decode(damaged), `bit ${bit}`).toThrow(/damaged|wrong|channels|longer/);
    }
    expect(() => decode(frame.subarray(0, frame.byteLength >> 1))).toThrow();
    expect(() => decode(frame)).not.toThrow();
  });

  it('makes no more silence of a file without one whole frame than it says to last', async () => {
    const bytes = makeSound('a.flac', ['-c:a', 'flac', '-ac', '1'], 60, 16_000);
    // Headers stay, the sound behind each is damaged.
    for (let offset = 8192; offset < bytes.byteLength - 8; offset += 400) bytes[offset] = (bytes[offset] ?? 0) ^ 0x55;
    const stream = await openSound(sourceFromBytes('a.flac', bytes), { mono: true }, undefined);
    let sampleCount = 0;
    const count = async (): Promise<void> => {
      for await (const { channels } of stream.blocks) sampleCount += channels[0]?.length ?? 0;
    };
    await expect(count()).rejects.toThrow('holds no decodable audio');
    expect(stream.problems.length).toBeGreaterThan(20);
    expect(sampleCount).toBeLessThanOrEqual(60 * 16_000);
  });
});
