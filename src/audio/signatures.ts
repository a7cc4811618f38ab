import type { MediaFormatName } from '../core/media.js';

/** What the first bytes of a file say it is. */
export interface Signature {
  readonly offset: number;
  /** ASCII, or bytes where it holds numbers. */
  readonly bytes: string | readonly number[];
}

export interface MediaSignature extends Signature {
  readonly container: MediaFormatName;
  readonly codec: string;
}

/** Sound that Earshot does not read, or no sound at all: named, so that the user sees what the file really is. */
export interface OtherSignature extends Signature {
  /** With its article: `a PDF document`. */
  readonly label: string;
  readonly isMedia?: true;
}

/** Containers that one look settles; the others have code in sniff.ts. `unknown` means that the codec lies deeper in the file. */
export const mediaSignatures: readonly MediaSignature[] = [
  { offset: 0, bytes: 'fLaC', container: 'flac', codec: 'flac' },
  { offset: 0, bytes: [0x1a, 0x45, 0xdf, 0xa3], container: 'webm', codec: 'unknown' },
  { offset: 0, bytes: '#!AMR-WB\n', container: 'amr', codec: 'amr-wb' },
  { offset: 0, bytes: '#!AMR\n', container: 'amr', codec: 'amr-nb' },
  { offset: 0, bytes: '#!AMR-WB_MC', container: 'amr', codec: 'amr-wb' },
  { offset: 0, bytes: '#!AMR_MC', container: 'amr', codec: 'amr-nb' },
  { offset: 0, bytes: [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11], container: 'wma', codec: 'unknown' },
  { offset: 0, bytes: 'caff\0\x01', container: 'caf', codec: 'unknown' },
  { offset: 0, bytes: '.snd\0', container: 'au', codec: 'unknown' },
  { offset: 0, bytes: [0x0b, 0x77], container: 'ac3', codec: 'ac3' },
  { offset: 0, bytes: [0x7f, 0xfe, 0x80, 0x01], container: 'dts', codec: 'dts' },
  { offset: 0, bytes: 'MThd\0\0', container: 'midi', codec: 'midi' },
  { offset: 4, bytes: 'moov', container: 'mov', codec: 'unknown' },
  { offset: 4, bytes: 'mdat', container: 'mov', codec: 'unknown' },
  { offset: 4, bytes: 'wide', container: 'mov', codec: 'unknown' },
  { offset: 4, bytes: 'moof', container: 'mp4', codec: 'unknown' },
  { offset: 4, bytes: 'styp', container: 'mp4', codec: 'unknown' },
];

export const otherSignatures: readonly OtherSignature[] = [
  { offset: 0, bytes: 'RIFX', label: 'a big-endian WAV recording (RIFX)', isMedia: true },
  {
    offset: 0,
    bytes: [0x72, 0x69, 0x66, 0x66, 0x2e, 0x91, 0xcf, 0x11],
    label: 'a Sony Wave64 recording',
    isMedia: true,
  },
  { offset: 0, bytes: 'wvpk', label: 'WavPack sound', isMedia: true },
  { offset: 0, bytes: 'MAC ', label: "Monkey's Audio", isMedia: true },
  { offset: 0, bytes: 'MPCK', label: 'Musepack sound', isMedia: true },
  { offset: 0, bytes: 'MP+', label: 'Musepack sound', isMedia: true },
  { offset: 0, bytes: 'TTA1', label: 'True Audio sound', isMedia: true },
  { offset: 0, bytes: 'DSD ', label: 'DSD sound', isMedia: true },
  { offset: 0, bytes: 'FRM8', label: 'DSD sound', isMedia: true },
  { offset: 0, bytes: '.RMF', label: 'a RealMedia file', isMedia: true },
  { offset: 0, bytes: [0x46, 0x4c, 0x56, 0x01], label: 'a Flash video', isMedia: true },
  { offset: 0, bytes: [0x00, 0x00, 0x01, 0xba], label: 'an MPEG program stream (DVD video)', isMedia: true },
  { offset: 0, bytes: [0x89, 0x50, 0x4e, 0x47], label: 'a PNG picture' },
  { offset: 0, bytes: [0xff, 0xd8, 0xff], label: 'a JPEG picture' },
  { offset: 0, bytes: 'GIF8', label: 'a GIF picture' },
  { offset: 0, bytes: [0x49, 0x49, 0x2a, 0x00], label: 'a TIFF picture' },
  { offset: 0, bytes: [0x4d, 0x4d, 0x00, 0x2a], label: 'a TIFF picture' },
  { offset: 0, bytes: '%PDF', label: 'a PDF document' },
  { offset: 0, bytes: [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1], label: 'an old Office document' },
  { offset: 0, bytes: [0x50, 0x4b, 0x03, 0x04], label: 'a ZIP archive or an Office document' },
  { offset: 0, bytes: [0x50, 0x4b, 0x05, 0x06], label: 'an empty ZIP archive' },
  { offset: 0, bytes: [0x1f, 0x8b], label: 'a gzip archive' },
  { offset: 0, bytes: 'BZh', label: 'a bzip2 archive' },
  { offset: 0, bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], label: 'an xz archive' },
  { offset: 0, bytes: [0x28, 0xb5, 0x2f, 0xfd], label: 'a Zstandard archive' },
  { offset: 0, bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], label: 'a 7-Zip archive' },
  { offset: 0, bytes: 'Rar!', label: 'a RAR archive' },
  { offset: 257, bytes: 'ustar', label: 'a tar archive' },
  { offset: 0, bytes: 'SQLite format 3', label: 'an SQLite database' },
  { offset: 0, bytes: [0x7f, 0x45, 0x4c, 0x46], label: 'a program' },
  { offset: 0, bytes: [0x00, 0x61, 0x73, 0x6d], label: 'a WebAssembly module' },
];

/** Brands of the `ftyp` box (ISO 14496-12) that are not plain MP4. */
export const brandLabels: Readonly<Record<string, string>> = {
  heic: 'a HEIC picture',
  heix: 'a HEIC picture',
  mif1: 'a HEIF picture',
  msf1: 'a HEIF picture',
  avif: 'an AVIF picture',
  'crx ': 'a Canon raw picture',
  'aax ': 'an Audible audio book (copy-protected)',
};

export function matches(view: DataView, signature: Signature): boolean {
  const { offset, bytes } = signature;
  if (view.byteLength < offset + bytes.length) return false;
  // Names of MP4 boxes are words: without the size in front of them, text would match ("the wide world").
  if (offset === 4 && view.getUint8(0) >= 0x20) return false;
  if (typeof bytes === 'string') return ascii(view, offset, bytes.length) === bytes;
  return bytes.every((byte, index) => view.getUint8(offset + index) === byte);
}

/** Bytes as characters, one to one; shorter where the view ends. */
export function ascii(view: DataView, offset: number, length: number): string {
  let text = '';
  for (let index = offset; index < Math.min(offset + length, view.byteLength); index++) {
    text += String.fromCharCode(view.getUint8(index));
  }
  return text;
}
