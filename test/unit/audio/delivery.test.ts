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
    expect(plan({ ...studio, durationSeconds: 3600 }, { maxSeconds: 1000, formats: ['wav'] })).toBe(
      'split wav 4: converted to 16 kHz mono WAV (115.2 MB), in about 4 parts',
    );
    expect(plan({ ...studio, durationSeconds: 3600 }, { maxSeconds: 300 })).toBe(
      'split mp3 13: converted to MP3 32 kbit/s (14.4 MB), in about 13 parts',
    );
    const hour = { ...speech, durationSeconds: 3600, byteLength: 115_200_044 };
    expect(plan(hour, { maxBytes: 25_000_000, speechWav: true })).toContain('split wav 5');
    expect(plan(speech, { maxSeconds: 9.9 })).toContain('split wav 2');
    expect(plan(speech, { maxSeconds: 10 })).toContain('as-it-is');
  });

  it('splits even without limits what is too large for memory', () => {
    const long = { ...speech, durationSeconds: 36_000, byteLength: 1_152_000_044 };
    expect(plan(long, { formats: ['wav'] })).toContain('split wav');
    expect(plan({ ...song, durationSeconds: 125_000, byteLength: 2_000_000_000 })).toBe(
      're-pack mp3 8: cut without being converted, in about 8 parts',
    );
  });

  it('cuts between packets what is taken, but too large, too long, or wanted in part', () => {
    expect(plan(song, { maxBytes: 500_000 })).toBe('re-pack mp3 3: cut without being converted, in about 3 parts');
    expect(plan(song, { maxSeconds: 30 })).toContain('re-pack mp3');
    expect(plan(song, { range: { startSeconds: 1, endSeconds: 20 } })).toBe(
      're-pack mp3 1: cut without being converted',
    );
    expect(plan(memo, { formats: ['aac'] })).toBe('re-pack aac 1: re-packed as AAC (ADTS) without being converted');
    expect(plan({ ...memo, container: 'mov' }, { formats: ['mp4', 'mp3'] })).toContain('re-pack mp4');
    const clip = { ...memo, container: 'webm', codec: 'opus' } as const;
    expect(plan(clip, { formats: ['ogg'] })).toContain('re-pack ogg');
    // Nearly all of it is pictures.
    expect(plan({ ...memo, byteLength: 50_000_000 }, { formats: ['mp4'] })).toContain('re-pack mp4 1');
  });

  it('cannot promise a limit of time for what does not say how long it is', () => {
    const clip: Probe = { container: 'webm', codec: 'opus', byteLength: 500_000, sampleRate: 48_000, channels: 1 };
    expect(plan(clip, { formats: ['webm'] })).toContain('as-it-is');
    expect(plan(clip, { formats: ['webm'], maxSeconds: 600 })).toContain('re-pack webm');
  });

  it('chooses the smallest of what is taken', () => {
    const music: Probe = {
      ...studio,
      container: 'flac',
      codec: 'flac',
      byteLength: 500_000_000,
      durationSeconds: 3600,
    };
    const limit = { maxBytes: 25_000_000 };
    expect(plan(music, { ...limit, formats: ['flac', 'wav', 'mp3'] })).toContain('transcode mp3');
    expect(plan(music, { ...limit, formats: ['wav', 'ogg'] })).toContain(
      'transcode ogg 1: converted to Opus 24 kbit/s',
    );
    expect(plan(music, { ...limit, formats: ['flac', 'wav'] })).toContain('re-pack flac');
    expect(plan({ ...studio, durationSeconds: 3600 }, { formats: ['flac', 'wav'] })).toContain('transcode flac');
  });

  it('counts what base64 adds', () => {
    const options = { maxBytes: 1_000_000, formats: ['mp3'] } as const;
    expect(plan(song, options)).toContain('as-it-is');
    expect(plan(song, { ...options, bytesCountAs: 'base64' })).toContain('re-pack mp3 2');
  });

  it('takes one channel only by converting', () => {
    expect(plan(song, { channel: 1 })).toContain('transcode');
    expect(plan(memo, { channel: 1 })).toContain('it has one channel, and channel 2 was asked for.');
  });

  it('leaves to ffmpeg what it does not read', () => {
    const old: Probe = { container: 'wma', codec: 'unknown', byteLength: 9 };
    const delivery = planDelivery(old, { formats: ['wav', 'mp3'] }, { hasFfmpeg: true });
    expect(delivery).toMatchObject({ way: 'transcode', reason: 'converted to MP3 32 kbit/s' });
  });

  it.each<[string, Probe, Partial<PrepareOptions>]>([
    ['refuse unsupported-media: it is Windows Media, which', { container: 'wma', codec: 'unknown', byteLength: 9 }, {}],
    ['refuse unsupported-media: it is MP4/M4A (Dolby Digital (AC-3) sound)', { ...memo, codec: 'ac3' }, {}],
    ['refuse unsupported-media: it holds MIDI notes', { container: 'midi', codec: 'midi', byteLength: 9 }, {}],
    [
      'refuse unsupported-media: it can be converted to WAV, MP3, Ogg and FLAC only, and the receiver takes AIFF.',
      studio,
      { formats: ['aiff'] },
    ],
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
