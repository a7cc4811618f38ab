import { latin1 } from './bytes.ts';

export type AudioFormat = 'wav' | 'mp3' | 'flac' | 'ogg' | 'webm' | 'mp4' | 'aac' | 'aiff';
export type Sniffed = AudioFormat | 'unknown';

/** What the bytes are, whatever their name says. */
export function sniff(bytes: Uint8Array): Sniffed {
  const head = latin1(bytes, 0, 12);
  if (head.startsWith('RIFF') && head.slice(8) === 'WAVE') return 'wav';
  if (head.startsWith('ID3')) return 'mp3';
  if (head.startsWith('fLaC')) return 'flac';
  if (head.startsWith('OggS')) return 'ogg';
  if (head.startsWith('FORM')) return 'aiff';
  if (head.slice(4, 8) === 'ftyp') return 'mp4';
  if (head.startsWith('\x1a\x45\xdf\xa3')) return 'webm';
  const [first = 0, second = 0] = bytes;
  if (first === 0xff && (second & 0xf6) === 0xf0) return 'aac';
  // An MPEG frame's sync word, with a layer that is not the reserved one.
  if (first === 0xff && (second & 0xe0) === 0xe0 && (second & 0x06) !== 0) return 'mp3';
  return 'unknown';
}

const extensions: Readonly<Record<string, AudioFormat>> = {
  wav: 'wav',
  mp3: 'mp3',
  mpga: 'mp3',
  mpeg: 'mp3',
  flac: 'flac',
  ogg: 'ogg',
  oga: 'ogg',
  webm: 'webm',
  m4a: 'mp4',
  mp4: 'mp4',
};

/** What a file name promises; undefined when OpenAI would not take such a name. */
export function promisedByName(fileName: string): AudioFormat | undefined {
  const dot = fileName.lastIndexOf('.');
  return dot < 0 ? undefined : extensions[fileName.slice(dot + 1).toLowerCase()];
}

const contentTypes: Readonly<Record<string, Sniffed>> = {
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/wave': 'wav',
  'audio/vnd.wave': 'wav',
  'audio/mpeg': 'mp3',
  'audio/mp3': 'mp3',
  'audio/mpga': 'mp3',
  'audio/flac': 'flac',
  'audio/ogg': 'ogg',
  'audio/webm': 'webm',
  'video/webm': 'webm',
  'audio/mp4': 'mp4',
  'audio/m4a': 'mp4',
  'audio/x-m4a': 'mp4',
  'video/mp4': 'mp4',
};

/** What a part's content type promises; undefined when it promises nothing, such as `application/octet-stream`. */
export function promisedByType(contentType: string): Sniffed | undefined {
  return contentTypes[contentType.split(';')[0]?.trim().toLowerCase() ?? ''];
}
