import { describe, expect, it } from 'vitest';
import { planDelivery } from '../../../src/audio/delivery.js';
import type { PrepareOptions } from '../../../src/audio/engine.js';
import type { Probe } from '../../../src/core/clip.js';

const speech: Probe = {
  container: 'wav',
  codec: 'pcm-s16',
  byteLength: 44 + 320_000,
  durationSeconds: 10,
  sampleRate: 16_000,
  channels: 1,
};
const studio: Probe = { ...speech, codec: 'pcm-s24', sampleRate: 48_000, channels: 2, byteLength: 2_880_044 };
const song: Probe = {
  container: 'mp3',
  codec: 'mp3',
  byteLength: 1_000_000,
  durationSeconds: 60,
  sampleRate: 44_100,
  channels: 2,
};
const memo: Probe = {
  container: 'mp4',
  codec: 'aac',
  byteLength: 500_000,
  durationSeconds: 60,
  sampleRate: 44_100,
  channels: 1,
};

function plan(probe: Probe, options: Partial<PrepareOptions> = {}): string {
  const delivery = planDelivery(probe, { formats: ['wav', 'mp3'], ...options });
  return delivery.way === 'refuse'
    ? `refuse ${delivery.errorReason}: ${delivery.reason} ${delivery.nextStep}`
    : `${delivery.way} ${delivery.format} ${delivery.partCount}: ${delivery.reason}`;
}

describe('planning a delivery', () => {
  it('sends what fits as it is', () => {
    expect(plan(speech)).toBe('as-it-is wav 1: sent as it is');
    expect(plan(speech, { speechWav: true })).toBe('as-it-is wav 1: sent as it is');
    expect(plan(song)).toBe('as-it-is mp3 1: sent as it is');
    expect(plan(song, { maxBytes: 1_000_000, maxSeconds: 60 })).toBe('as-it-is mp3 1: sent as it is');
    expect(plan(speech, { range: { startSeconds: 0, endSeconds: 99 } })).toBe('as-it-is wav 1: sent as it is');
  });

  it('converts other WAV, and says how large it will be', () => {
    expect(plan(studio)).toBe('transcode wav 1: converted to 16 kHz mono WAV (320 kB)');
    expect(plan({ ...speech, channels: 2 })).toContain('transcode');
    expect(plan({ ...speech, sampleRate: 8000 })).toContain('transcode');
    expect(plan(speech, { range: { startSeconds: 2, endSeconds: 4 } })).toContain('(64 kB)');
    // Large only because of what stands around the samples.
    expect(plan({ ...speech, byteLength: 900_000 }, { maxBytes: 400_000 })).toContain('transcode');
  });

  it('splits what is too long or too large, and estimates the parts', () => {
    expect(plan({ ...studio, durationSeconds: 3600 }, { maxSeconds: 1000 })).toBe(
      'split wav 4: converted to 16 kHz mono WAV (115.2 MB), in about 4 parts',
    );
    expect(plan({ ...speech, durationSeconds: 3600, byteLength: 115_200_044 }, { maxBytes: 25_000_000 })).toContain(
      'split wav 6',
    );
    expect(plan(speech, { maxSeconds: 9.9 })).toContain('split wav 2');
    expect(plan(speech, { maxSeconds: 10 })).toContain('as-it-is');
  });

  it('splits even without limits what is too large for memory', () => {
    expect(plan({ ...speech, durationSeconds: 36_000, byteLength: 1_152_000_044 })).toContain('split wav');
    expect(plan({ ...song, byteLength: 2_000_000_000 })).toContain('refuse clip-too-large');
  });

  it.each<[string, Probe, Partial<PrepareOptions>]>([
    ['refuse clip-too-large: it has 1.0 MB, and at most 500 kB can be sent', song, { maxBytes: 500_000 }],
    ['refuse clip-too-long: it plays 1:00, and at most 0:30 can be sent', song, { maxSeconds: 30 }],
    ['refuse unsupported-media: the receiver does not take MP3', song, { formats: ['wav'] }],
    ['refuse unsupported-media: the receiver does not take MP3', song, { speechWav: true }],
    [
      'refuse unsupported-media: Earshot cannot cut a part out of an MP3',
      song,
      { range: { startSeconds: 1, endSeconds: 2 } },
    ],
    ['refuse unsupported-media: it is MP4/M4A (AAC sound), which Earshot cannot convert yet.', memo, {}],
    ['refuse unsupported-media: it is WAV (IMA ADPCM sound)', { ...speech, codec: 'adpcm-ima' }, {}],
    ['refuse unsupported-media: it is MP3 (MPEG Layer II sound)', { ...song, codec: 'mp2' }, {}],
    ['refuse unsupported-media: it is Core Audio, which', { container: 'caf', codec: 'unknown', byteLength: 9 }, {}],
    ['refuse unsupported-media: it holds MIDI notes', { container: 'midi', codec: 'midi', byteLength: 9 }, {}],
    [
      'refuse unsupported-media: it can be converted to WAV only, and the receiver takes FLAC.',
      studio,
      { formats: ['flac'] },
    ],
    ['refuse unsupported-media: its sample rate is 1000 Hz', { ...studio, sampleRate: 1000 }, {}],
    ['refuse unsupported-media: it has 300 channels', { ...studio, channels: 300 }, {}],
    ['refuse clip-too-large: the limit of the receiver leaves no room', studio, { maxBytes: 1000 }],
    [
      'refuse clip-empty: nothing lies in the part from 0:20; the recording ends at 0:10',
      speech,
      { range: { startSeconds: 20, endSeconds: 30 } },
    ],
  ])('says %s', (expected, probe, options) => {
    const answer = plan(probe, options);
    expect(answer).toContain(expected);
    expect(answer, 'ends with a next step').toMatch(/\. [A-Z][^.]+\.$/);
  });
});
