const labels: Readonly<Record<string, string>> = {
  aac: 'AAC',
  ac3: 'Dolby Digital (AC-3)',
  'ac-3': 'Dolby Digital (AC-3)',
  a_ac3: 'Dolby Digital (AC-3)',
  eac3: 'Dolby Digital Plus (E-AC-3)',
  'ec-3': 'Dolby Digital Plus (E-AC-3)',
  a_eac3: 'Dolby Digital Plus (E-AC-3)',
  a_dts: 'DTS',
  dtsc: 'DTS',
  alac: 'Apple Lossless',
  'amr-nb': 'AMR',
  'amr-wb': 'AMR wideband',
  samr: 'AMR',
  sawb: 'AMR wideband',
  drms: 'copy-protected sound',
  enca: 'copy-protected sound',
  flac: 'FLAC',
  mp2: 'MPEG Layer II',
  mp3: 'MP3',
  opus: 'Opus',
  speex: 'Speex',
  vorbis: 'Vorbis',
};

/** As a user would say it. */
export function codecLabel(codec: string): string {
  return labels[codec] ?? (codec === 'unknown' ? 'sound of an unknown kind' : codec);
}
