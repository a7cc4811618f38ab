import { describe, expect, it } from 'vitest';
import { pcmSpeechReader, wavSpeechReader, type SpeechReader } from '../../../src/providers/command/readSpeech.js';
import { bytesOf, wavFile } from '../audio/support/wavFiles.js';

const samples = Int16Array.from({ length: 500 }, (_, index) => index * 60 - 15_000);
const sampleBytes = new Uint8Array(samples.buffer);
const list = [['LIST', bytesOf('INFOISFT', [4, 0, 0, 0], 'some')]] as const;

async function readIn(reader: SpeechReader, bytes: Uint8Array, step: number) {
  const parts: number[] = [];
  const rates = new Set<number>();
  for (let start = 0; start < bytes.byteLength; start += step) {
    const part = await reader.push(bytes.subarray(start, start + step));
    if (part === undefined) continue;
    expect(part.pcm.byteLength % 2).toBe(0);
    parts.push(...part.pcm);
    rates.add(part.sampleRate);
  }
  return { bytes: Uint8Array.from(parts), rates: [...rates] };
}

describe('speech from a pipe', () => {
  it.each([1, 3, 45, 1000, 5000])('comes in pieces of %i bytes, and no sample is cut or lost', async (step) => {
    for (const declared of [0, 0x7fff_f000, 0xffff_ffff, sampleBytes.byteLength]) {
      const file = wavFile(sampleBytes, { sampleRate: 22_050, declaredDataByteLength: declared, before: list });
      expect(await readIn(wavSpeechReader(), file, step)).toEqual({ bytes: sampleBytes, rates: [22_050] });
    }
    expect(await readIn(pcmSpeechReader(16_000), sampleBytes, step)).toEqual({ bytes: sampleBytes, rates: [16_000] });
  });

  it('ends where its header says, when that can be true: tags are not sound', async () => {
    const file = wavFile(sampleBytes, { after: list });
    expect((await readIn(wavSpeechReader(), file, 7)).bytes).toEqual(sampleBytes);
  });

  it('becomes 16 bits and one channel, whatever it was', async () => {
    const stereo = new Int16Array(samples.length * 2);
    for (const [index, sample] of samples.entries()) stereo.fill(sample, 2 * index, 2 * index + 2);
    const floats = Float32Array.from(samples, (sample) => sample / 32_768);
    const files = [
      wavFile(new Uint8Array(stereo.buffer), { channels: 2 }),
      wavFile(new Uint8Array(floats.buffer), { formatTag: 3, bitsPerSample: 32, extensible: true }),
    ];
    for (const file of files) expect((await readIn(wavSpeechReader(), file, 13)).bytes).toEqual(sampleBytes);
  });

  it.each([
    ['text', bytesOf('Loading the voice, please wait')],
    ['MP3 in a WAV', wavFile(sampleBytes, { formatTag: 0x55 })],
    ['a header of no channels', wavFile(sampleBytes, { channels: 0 })],
    ['a header without end', bytesOf('RIFF', [0, 0, 0, 0], 'WAVEjunk', [255, 255, 255, 127], new Uint8Array(1 << 20))],
  ])('is refused when it is %s', async (_, bytes) => {
    await expect(readIn(wavSpeechReader(), bytes, 4096)).rejects.toMatchObject({ failure: { missing: 'WAV' } });
  });
});
