import type { SoundFormat } from './soundFormats.js';

/** What is read without a decoder: the kinds of WAV and AIFF that ffmpeg writes. */
export const plainFormats: readonly SoundFormat[] = [
  ...['u8', 's16le', 's24le', 's32le', 'f32le', 'f64le', 'alaw', 'mulaw'].map((codec): SoundFormat => ({
    name: `WAV, ${codec}`,
    file: 'a.wav',
    args: ['-c:a', `pcm_${codec}`],
    frameSampleCount: 0,
    isPlain: true,
  })),
  {
    name: 'WAV, RF64',
    file: 'a.wav',
    args: ['-c:a', 'pcm_s16le', '-rf64', 'always'],
    frameSampleCount: 0,
    isPlain: true,
  },
  { name: 'WAV, MS ADPCM', file: 'a.wav', args: ['-c:a', 'adpcm_ms'], frameSampleCount: 2048, isPlain: true },
  { name: 'WAV, IMA ADPCM', file: 'a.wav', args: ['-c:a', 'adpcm_ima_wav'], frameSampleCount: 2048, isPlain: true },
  { name: 'AIFF', file: 'a.aiff', args: ['-c:a', 'pcm_s16be'], frameSampleCount: 0, isPlain: true },
  { name: 'AIFC, float', file: 'a.aif', args: ['-c:a', 'pcm_f32be'], frameSampleCount: 0, isPlain: true },
  { name: 'AIFC, little-endian', file: 'a.aif', args: ['-c:a', 'pcm_s16le'], frameSampleCount: 0, isPlain: true },
];
