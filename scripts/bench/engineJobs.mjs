// What the audio engine is measured at, and the bars. ffmpeg does the same in the same run, where it can.
import { devNull } from 'node:os';
import { join } from 'node:path';

const mono16k = ['-vn', '-ac', '1', '-ar', '16000'];
const toPcm = { formats: ['wav'], speechWav: true, maxSeconds: 300 };
const toMp3 = { formats: ['mp3'], maxSeconds: 300 };
const rawMegabytes24 = 24_000_000;

/** The same job for ffmpeg: cuts at fixed times, though it listens for silences. */
const ffmpegMp3Pieces = (folder) => [
  ...['-af', 'silencedetect=noise=-35dB:d=0.3', ...mono16k, '-c:a', 'libmp3lame', '-b:a', '32k', '-threads', '1'],
  ...['-f', 'segment', '-segment_time', '300', join(folder, '%03d.mp3')],
];

/**
 * `ratio`: CPU seconds at most so many times ffmpeg's, in one thread. `wallRatio`: with two threads.
 * `cpuSecondsPerHour`: for what ffmpeg is not asked to do.
 */
export const jobs = [
  {
    name: 'wav to 16 kHz mono WAV',
    recording: 'speech.wav',
    prepare: toPcm,
    ffmpeg: () => [...mono16k, '-c:a', 'pcm_s16le', '-f', 'wav', devNull],
    bars: { ratio: 1 },
  },
  ...[
    ['flac', 'speech.flac', 1.6],
    ['mp3', 'speech.mp3', 1.8],
    ['vorbis', 'speech-vorbis.ogg', 1.8],
    ['opus ogg', 'speech-opus.ogg', 1.05],
    ['opus webm', 'speech.webm', 1.05],
    ['m4a (AAC-LC)', 'speech.m4a', 1.6],
  ].map(([name, recording, ratio]) => ({
    name: `${name} to 16 kHz mono PCM`,
    recording,
    prepare: toPcm,
    ffmpeg: () => [...mono16k, '-f', 's16le', devNull],
    bars: { ratio },
  })),
  ...[
    ['m4a', 'speech.m4a', toMp3],
    // MP3 would not be converted to MP3, unless one channel of it is asked for.
    ['mp3', 'speech.mp3', { ...toMp3, channel: 0 }],
    ['webm', 'speech.webm', toMp3],
  ].map(([name, recording, prepare]) => ({
    name: `${name} to MP3 pieces`,
    recording,
    prepare,
    ffmpeg: ffmpegMp3Pieces,
    twoThreads: true,
    bars: { ratio: 1.35, wallRatio: 0.95, firstPieceSeconds: 3 },
  })),
  ...[
    ['m4a', 'speech.m4a', 'mp4', 6],
    ['webm', 'speech.webm', 'webm', 6],
    ['ogg', 'speech-opus.ogg', 'ogg', 6],
    ['mp3', 'speech.mp3', 'mp3', 12],
  ].map(([name, recording, format, cpuSecondsPerHour]) => ({
    name: `${name} re-packed`,
    recording,
    prepare: { formats: [format], maxBytes: rawMegabytes24 },
    bars: { cpuSecondsPerHour, firstPieceSeconds: 1 },
  })),
  { name: 'wav of 2 GB probed', recording: 'large.wav', warmUp: 'speech.wav', bars: { probe: true } },
  { name: 'adts of 2 GB probed', recording: 'large.aac', warmUp: 'speech.aac', bars: { probe: true } },
  { name: 'm4a of 2 GB probed', recording: 'large.m4a', warmUp: 'speech.m4a', bars: { probe: true } },
  ...[
    ['m4a to MP3 pieces', 'm4a', toMp3, 2],
    ['mp3 to MP3 pieces', 'mp3', { ...toMp3, channel: 0 }, 1],
    ['m4a re-packed', 'm4a', { formats: ['mp4'], maxBytes: rawMegabytes24 }, 1],
    ['mp3 re-packed', 'mp3', { formats: ['mp3'], maxBytes: rawMegabytes24 }, 1],
  ].map(([name, kind, prepare, coreCount]) => ({
    name: `tenfold ${name}`,
    recording: `tenfold.${kind}`,
    single: `speech.${kind}`,
    prepare,
    coreCount,
    bars: { growth: 1.15 },
  })),
];

/** Of the whole process that the engine runs in. */
export const peakMegabytesLimit = { 1: 220, 2: 300 };
/** Of a probe, however large the file. */
export const probeLimit = { milliseconds: 50, megabytes: 2 };
