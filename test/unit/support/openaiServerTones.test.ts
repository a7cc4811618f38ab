import { describe, expect, it } from 'vitest';
import { fromStrictBase64, toBase64 } from '../../support/openaiServer/bytes.ts';
import { decodeMp3, encodeMp3, scanMp3 } from '../../support/openaiServer/mp3.ts';
import { readSphinx, recognise } from '../../support/openaiServer/recognise.ts';
import { toSegments, toSrt, toVtt } from '../../support/openaiServer/segments.ts';
import { mixToMono, resample } from '../../support/openaiServer/signal.ts';
import { hearTones, toneFrequency, toneWordList, toneWords } from '../../support/openaiServer/tones.ts';
import { DamagedAudio, decodeWav, encodeWav } from '../../support/openaiServer/wav.ts';

const everyWord = toneWordList.join(' ');

function heardText(samples: Float32Array, sampleRate: number): string {
  return hearTones(samples, sampleRate)
    .words.map(({ word }) => word)
    .join(' ');
}

describe('tone words', () => {
  for (const sampleRate of [8000, 16_000, 44_100, 48_000]) {
    for (const channels of [1, 2]) {
      it(`come back from a WAV at ${sampleRate} Hz in ${channels} channels, each at its time`, () => {
        const clip = toneWords(everyWord, { sampleRate, channels, toneSeconds: 0.25 });
        const pcm = decodeWav(clip.wav);
        expect(pcm.sampleRate).toBe(sampleRate);
        expect(pcm.channels).toHaveLength(channels);
        const { words } = hearTones(mixToMono(pcm), sampleRate);
        expect(words.map(({ word }) => word)).toEqual(toneWordList);
        words.forEach((word, index) => {
          expect(word.start).toBeCloseTo(clip.words[index]?.start ?? NaN, 1);
          expect(word.end).toBeCloseTo(clip.words[index]?.end ?? NaN, 1);
        });
      });
      it(`come back from an MP3 at ${sampleRate} Hz in ${channels} channels`, async () => {
        const clip = toneWords(everyWord, { sampleRate, channels });
        const pcm = await decodeMp3(await encodeMp3(clip.pcm, 32));
        expect(pcm.channels).toHaveLength(channels);
        expect(heardText(mixToMono(pcm), pcm.sampleRate)).toBe(everyWord);
      });
    }
  }

  it('come back from one channel of two, and after resampling', () => {
    const { pcm } = toneWords('one two three', { sampleRate: 44_100, channels: 2, onlyChannel: 1 });
    expect(Math.max(...(pcm.channels[0] ?? []))).toBe(0);
    expect(heardText(resample(mixToMono(pcm), 44_100, 16_000), 16_000)).toBe('one two three');
  });

  it('are heard as damage when cut, stretched, mixed, or played at the wrong rate', () => {
    const { pcm } = toneWords('one two three', { toneSeconds: 0.5 });
    const samples = mixToMono(pcm);
    expect(heardText(samples.subarray(0, 16_000 * 1.4), 16_000)).toBe('one two three(cut)');
    expect(heardText(samples.subarray(16_000 * 0.5), 16_000)).toBe('one(cut) two three');
    const other = mixToMono(toneWords('nine nine nine', { toneSeconds: 0.5 }).pcm);
    expect(
      heardText(
        samples.map((sample, index) => sample + (other[index] ?? 0)),
        16_000,
      ),
    ).toBe('(noise) (noise) (noise)');
    expect(heardText(samples, 17_000)).not.toContain('one');
    const repeated = toneWords('one', { gapSeconds: 0, leadSeconds: 0 }).pcm;
    const twice = new Float32Array([...mixToMono(repeated), ...mixToMono(repeated)]);
    expect(heardText(twice, 16_000)).not.toBe('one one');
  });

  it('know only their own words', () => {
    expect(toneFrequency('zero')).toBe(400);
    expect(toneFrequency('zulu')).toBe(3025);
    expect(() => toneWords('banana')).toThrow('banana');
  });
});

describe('recognising', () => {
  it('hears silence as no words, and describes a sound that is neither tones nor speech', async () => {
    const silence = { sampleRate: 16_000, channels: [new Float32Array(16_000)] };
    expect((await recognise(silence, 'auto')).text).toBe('');
    expect((await recognise(silence, 'signal')).text).toBe('silence of 1.00 seconds');
    const hum = { sampleRate: 16_000, channels: [new Float32Array(32_000).map((_, at) => Math.sin(at / 10) / 2)] };
    const { text } = await recognise(hum, 'signal');
    expect(text).toMatch(/^sound of 2\.00 seconds at level 0\.35\d strongest near 25\d hertz$/);
  });

  it('keeps tone words that are partly damaged instead of guessing at speech', async () => {
    const { pcm } = toneWords('one two three');
    const cut = { ...pcm, channels: pcm.channels.map((samples) => samples.subarray(0, 16_000)) };
    expect(await recognise(cut, 'auto')).toMatchObject({ text: 'one two three(cut)', by: 'tones' });
  });

  it('reads what pocketsphinx prints', () => {
    const printed =
      'the end\n<s> 0.000 0.140 0.999600\nthe(2) 0.150 0.260 0.477359\n<sil> 0.3 0.4 0.9\n[NOISE] 0.270 0.300 1.0\nend 0.310 0.590 0.692503\n</s> 2.780 2.890 1.000000\n';
    expect(readSphinx(printed)).toEqual([
      { word: 'the', start: 0.15, end: 0.26 },
      { word: 'end', start: 0.31, end: 0.59 },
    ]);
  });

  it('groups words into segments at pauses and writes them as subtitles', () => {
    const words = [
      { word: 'one', start: 0, end: 0.3 },
      { word: 'two', start: 0.4, end: 0.7 },
      { word: 'three', start: 3661.5, end: 3661.75 },
    ];
    const segments = toSegments(words);
    expect(segments.map(({ text }) => text)).toEqual(['one two', 'three']);
    expect(toVtt(segments)).toBe(
      'WEBVTT\n\n00:00:00.000 --> 00:00:00.700\none two\n\n01:01:01.500 --> 01:01:01.750\nthree\n\n',
    );
    expect(toSrt(segments)).toContain('2\n01:01:01,500 --> 01:01:01,750\nthree\n');
  });
});

describe('WAV', () => {
  const { wav } = toneWords('one');
  const changed = (at: number, ...values: number[]) => {
    const bytes = wav.slice();
    bytes.set(values, at);
    return bytes;
  };

  it.each([
    ['a size that the file has not', changed(4, 0xff, 0xff, 0xff, 0xff), /bytes follow/],
    ['a data chunk past the end', changed(40, 0xff, 0xff, 0xff, 0x7f), /past the end/],
    ['a wrong block align', changed(32, 4), /block align/],
    ['a wrong byte rate', changed(28, 1), /byte rate/],
    ['no channels', changed(22, 0), /0 channels/],
    ['a compressed format', changed(20, 0x55), /neither PCM/],
    ['its end cut off', wav.slice(0, -10), /bytes follow/],
    ['nothing but a beginning', wav.slice(0, 20), /of 20 bytes/],
  ])('is refused with %s', (_, bytes, message) => {
    expect(() => decodeWav(bytes)).toThrow(DamagedAudio);
    expect(() => decodeWav(bytes)).toThrow(message);
  });

  it('keeps samples to the bit', () => {
    const samples = new Float32Array([0, 0.5, -0.5, -1, 32_767 / 32_768]);
    expect(decodeWav(encodeWav({ sampleRate: 16_000, channels: [samples] })).channels).toEqual([samples]);
  });

  it('may be written with the sizes that OpenAI streams', () => {
    const bytes = encodeWav({ sampleRate: 24_000, channels: [new Float32Array(10)] }, 'unknown');
    expect(bytes.subarray(4, 8)).toEqual(new Uint8Array([255, 255, 255, 255]));
    expect(() => decodeWav(bytes)).toThrow(DamagedAudio);
  });
});

describe('MP3', () => {
  it('is refused when cut, with junk in it, or with a frame lost in half', async () => {
    const mp3 = await encodeMp3(toneWords('one two three').pcm, 32);
    expect(scanMp3(mp3)).toMatchObject({ sampleRate: 16_000, channels: 1 });
    await expect(decodeMp3(mp3.slice(0, -50))).rejects.toThrow(/ends inside frame/);
    const junk = mp3.slice();
    junk.fill(0, 1000, 1500);
    await expect(decodeMp3(junk)).rejects.toThrow(DamagedAudio);
    await expect(decodeMp3(new Uint8Array([...mp3.subarray(0, 700), ...mp3.subarray(750)]))).rejects.toThrow(
      /no frame at byte/,
    );
  });

  it('may have tags around its frames', async () => {
    const mp3 = await encodeMp3(toneWords('one').pcm, 32);
    const id3 = [0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4];
    const tag = new Uint8Array(128);
    tag.set([0x54, 0x41, 0x47]);
    const pcm = await decodeMp3(new Uint8Array([...id3, ...mp3, ...tag]));
    expect(heardText(mixToMono(pcm), pcm.sampleRate)).toBe('one');
  });
});

describe('strict base64', () => {
  it('comes back as it was', () => {
    for (const size of [0, 1, 2, 3, 100]) {
      const bytes = new Uint8Array(size).map((_, at) => at * 37);
      expect(fromStrictBase64(toBase64(bytes))).toEqual(bytes);
    }
  });

  it.each(['data:audio/wav;base64,QUJD', 'QUJD\n', 'QU JD', 'QUI', 'QU==QUJD', 'QUJ_', 'QUJ!', 'QUJ=='])(
    'refuses %j',
    (text) => {
      expect(fromStrictBase64(text)).toBeTypeOf('string');
    },
  );
});
