import { createEncoder } from 'wasm-media-encoders';
import { describe, expect, it } from 'vitest';
import { chooseFastSearch } from '../../../../src/audio/encoders/lameSettings.js';
import { speechSampleRate } from '../../../../src/audio/speechFormat.js';
import { noise } from '../support/signals.js';
import { loadWasm } from '../support/sources.js';

async function encoder(sampleRate = speechSampleRate): ReturnType<typeof createEncoder<'audio/mpeg'>> {
  const created = await createEncoder('audio/mpeg', await loadWasm('lame'));
  created.configure({ sampleRate: sampleRate, channels: 1, bitrate: 32 });
  return created;
}

describe('the settings of LAME', () => {
  it('are found in the build that is bundled, for every file anew', async () => {
    const lame = await encoder();
    expect(chooseFastSearch(lame)).toBe(true);
    // What has been set is not fresh any more.
    expect(chooseFastSearch(lame)).toBe(false);
    lame.encode([Float32Array.from(noise(8000, 0.3))]);
    lame.finalize();
    lame.configure({ sampleRate: 16_000, channels: 1, bitrate: 64 });
    expect(chooseFastSearch(lame)).toBe(true);
  });

  it('change what is encoded, at the same rate', async () => {
    const files: Uint8Array[] = [];
    for (const isFast of [false, true]) {
      const lame = await encoder();
      if (isFast) chooseFastSearch(lame);
      const samples = Float32Array.from(noise(32_000, 0.3));
      files.push(Uint8Array.from([...lame.encode([samples]), ...lame.finalize()]));
    }
    const [slow, fast] = files;
    expect(fast).toHaveLength(slow?.byteLength ?? 0);
    expect(fast).not.toEqual(slow);
  });

  it('are left alone where they are not what is expected', async () => {
    expect(chooseFastSearch(await encoder(44_100))).toBe(false);
    expect(chooseFastSearch({})).toBe(false);
  });
});
