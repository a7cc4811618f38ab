/** What audio can be packed in, and every name the world has for it. One table; sniffing, settings and dialects derive from it. */

export interface MediaFormat {
  /** As a user would say it. */
  readonly label: string;
  /** The first is canonical; the rest are aliases seen in the wild. */
  readonly mediaTypes: readonly [string, ...string[]];
  /** File name extensions without a dot, the usual one first. */
  readonly extensions: readonly [string, ...string[]];
}

export const mediaFormats = {
  wav: {
    label: 'WAV',
    mediaTypes: ['audio/wav', 'audio/x-wav', 'audio/wave', 'audio/vnd.wave'],
    extensions: ['wav', 'wave', 'bwf'],
  },
  mp3: {
    label: 'MP3',
    mediaTypes: ['audio/mpeg', 'audio/mp3', 'audio/x-mp3', 'audio/mpeg3'],
    extensions: ['mp3', 'mpga', 'mpeg'],
  },
  flac: { label: 'FLAC', mediaTypes: ['audio/flac', 'audio/x-flac'], extensions: ['flac'] },
  ogg: {
    label: 'Ogg',
    mediaTypes: ['audio/ogg', 'application/ogg', 'audio/opus', 'audio/vorbis', 'video/ogg'],
    extensions: ['ogg', 'oga', 'opus', 'ogv', 'spx'],
  },
  mp4: {
    label: 'MP4/M4A',
    mediaTypes: ['audio/mp4', 'audio/x-m4a', 'audio/m4a', 'video/mp4'],
    extensions: ['m4a', 'mp4', 'm4b', 'm4v', '3gp', '3g2'],
  },
  mov: { label: 'QuickTime', mediaTypes: ['video/quicktime'], extensions: ['mov', 'qt'] },
  webm: {
    label: 'WebM/Matroska',
    mediaTypes: ['audio/webm', 'video/webm', 'video/x-matroska', 'audio/x-matroska'],
    extensions: ['webm', 'weba', 'mkv', 'mka'],
  },
  aac: {
    label: 'AAC (ADTS)',
    mediaTypes: ['audio/aac', 'audio/aacp', 'audio/x-aac', 'audio/vnd.dlna.adts'],
    extensions: ['aac', 'adts'],
  },
  aiff: { label: 'AIFF', mediaTypes: ['audio/aiff', 'audio/x-aiff'], extensions: ['aiff', 'aif', 'aifc'] },
  amr: { label: 'AMR', mediaTypes: ['audio/amr', 'audio/amr-wb'], extensions: ['amr', 'awb'] },
  wma: { label: 'Windows Media', mediaTypes: ['audio/x-ms-wma', 'video/x-ms-asf'], extensions: ['wma', 'asf', 'wmv'] },
  caf: { label: 'Core Audio', mediaTypes: ['audio/x-caf'], extensions: ['caf'] },
  au: { label: 'Sun/NeXT audio', mediaTypes: ['audio/basic'], extensions: ['au', 'snd'] },
  avi: { label: 'AVI', mediaTypes: ['video/x-msvideo'], extensions: ['avi'] },
  mpegts: { label: 'MPEG transport stream', mediaTypes: ['video/mp2t'], extensions: ['m2ts', 'mts'] },
  ac3: { label: 'Dolby Digital (AC-3)', mediaTypes: ['audio/ac3', 'audio/eac3'], extensions: ['ac3', 'eac3'] },
  dts: { label: 'DTS', mediaTypes: ['audio/vnd.dts'], extensions: ['dts'] },
  midi: { label: 'MIDI (notes, not sound)', mediaTypes: ['audio/midi'], extensions: ['mid', 'midi'] },
} as const satisfies Record<string, MediaFormat>;

export type MediaFormatName = keyof typeof mediaFormats;

export const mediaFormatNames = Object.keys(mediaFormats) as MediaFormatName[];

/** Extensions of files that hold sound, for menus and file pickers. */
export const audioFileExtensions: readonly string[] = mediaFormatNames
  .filter((name) => name !== 'midi')
  .flatMap((name) => [...mediaFormats[name].extensions])
  // TypeScript modules are far more often called so.
  .filter((extension) => extension !== 'mts');

export function mediaFormatLabel(name: MediaFormatName): string {
  return mediaFormats[name].label;
}

/** Finds the format of a media type such as `audio/x-m4a; codecs=mp4a.40.2`, in any letter case. */
export function formatOfMediaType(mediaType: string): MediaFormatName | undefined {
  const bare = mediaType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return mediaFormatNames.find((name) => (mediaFormats[name].mediaTypes as readonly string[]).includes(bare));
}

/** Finds the format a file name promises. Only a hint: what the bytes are is decided by sniffing. */
export function formatOfFileName(fileName: string): MediaFormatName | undefined {
  const extension = /\.([^./\\]+)$/.exec(fileName)?.[1]?.toLowerCase();
  if (extension === undefined) return undefined;
  return mediaFormatNames.find((name) => (mediaFormats[name].extensions as readonly string[]).includes(extension));
}
