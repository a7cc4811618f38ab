/** Every format that is read through a decoder, as ffmpeg makes it. */
export interface SoundFormat {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly sampleRate?: number;
  readonly isLossless?: true;
  /** Samples that lie in the file as they are, or nearly. */
  readonly isPlain?: true;
  /** Samples of the source's rate that the length may be off: one frame of the codec. */
  readonly frameSampleCount: number;
}

const aac = ['-c:a', 'aac', '-b:a', '128k', '-aac_pns', '0'];
const opus = ['-c:a', 'libopus', '-b:a', '64k'];
const fragments = ['-movflags', 'frag_keyframe+empty_moov+default_base_moof', '-frag_duration', '500000'];
const picture = ['-f', 'lavfi', '-i', 'color=s=64x64:r=5:d=3', '-shortest', '-map', '0:a', '-map', '1:v'];

export const soundFormats: readonly SoundFormat[] = [
  { name: 'MP3, constant bit rate', file: 'a.mp3', args: ['-c:a', 'libmp3lame', '-b:a', '128k'], frameSampleCount: 0 },
  { name: 'MP3, variable bit rate', file: 'a.mp3', args: ['-c:a', 'libmp3lame', '-q:a', '5'], frameSampleCount: 0 },
  {
    name: 'MP3 without a tag',
    file: 'a.mp3',
    args: ['-c:a', 'libmp3lame', '-b:a', '96k', '-write_xing', '0', '-id3v2_version', '0'],
    frameSampleCount: 1152,
  },
  {
    name: 'MP3, MPEG-2',
    file: 'a.mp3',
    args: ['-c:a', 'libmp3lame', '-b:a', '48k', '-ar', '22050'],
    frameSampleCount: 0,
  },
  {
    name: 'MP3, MPEG-2.5, mono',
    file: 'a.mp3',
    args: ['-c:a', 'libmp3lame', '-b:a', '16k', '-ar', '8000', '-ac', '1'],
    frameSampleCount: 0,
  },
  { name: 'MPEG Layer II', file: 'a.mp2', args: ['-c:a', 'mp2', '-b:a', '192k'], frameSampleCount: 1152 },
  { name: 'AAC in ADTS', file: 'a.aac', args: aac, frameSampleCount: 1024 },
  { name: 'AAC in M4A', file: 'a.m4a', args: aac, frameSampleCount: 1024 },
  { name: 'AAC in M4A, tables first', file: 'a.m4a', args: [...aac, '-movflags', 'faststart'], frameSampleCount: 1024 },
  { name: 'AAC in M4A, fragmented', file: 'a.m4a', args: [...aac, ...fragments], frameSampleCount: 1024 },
  { name: 'AAC in QuickTime', file: 'a.mov', args: aac, frameSampleCount: 1024 },
  { name: 'AAC in a transport stream', file: 'a.ts', args: aac, frameSampleCount: 1024 },
  { name: 'AAC in Matroska', file: 'a.mkv', args: aac, frameSampleCount: 1024 },
  { name: 'AAC of a video', file: 'a.mp4', args: [...picture, ...aac, '-c:v', 'mpeg4'], frameSampleCount: 1024 },
  { name: 'ALAC in M4A', file: 'a.m4a', args: ['-c:a', 'alac'], frameSampleCount: 0, isLossless: true },
  { name: 'FLAC', file: 'a.flac', args: ['-c:a', 'flac'], frameSampleCount: 0, isLossless: true },
  {
    name: 'FLAC, 24 bits',
    file: 'a.flac',
    args: ['-c:a', 'flac', '-sample_fmt', 's32', '-bits_per_raw_sample', '24'],
    frameSampleCount: 0,
    isLossless: true,
  },
  { name: 'FLAC in Ogg', file: 'a.oga', args: ['-c:a', 'flac'], frameSampleCount: 0, isLossless: true },
  { name: 'FLAC in Matroska', file: 'a.mka', args: ['-c:a', 'flac'], frameSampleCount: 50, isLossless: true },
  { name: 'PCM in QuickTime', file: 'a.mov', args: ['-c:a', 'pcm_s16be'], frameSampleCount: 0, isLossless: true },
  { name: 'Vorbis in Ogg', file: 'a.ogg', args: ['-c:a', 'libvorbis', '-q:a', '4'], frameSampleCount: 0 },
  { name: 'Vorbis in WebM', file: 'a.webm', args: ['-c:a', 'libvorbis', '-q:a', '4'], frameSampleCount: 1024 },
  { name: 'Opus in Ogg', file: 'a.opus', args: opus, sampleRate: 48_000, frameSampleCount: 0 },
  { name: 'Opus in WebM', file: 'a.webm', args: opus, sampleRate: 48_000, frameSampleCount: 960 },
  {
    name: 'Opus in WebM without a duration',
    file: 'a.webm',
    args: [...opus, '-live', '1'],
    sampleRate: 48_000,
    frameSampleCount: 960,
  },
  { name: 'Opus in MP4', file: 'a.mp4', args: opus, sampleRate: 48_000, frameSampleCount: 960 },
];
