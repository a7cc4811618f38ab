import { EarshotError } from '../core/errors.js';
import { ascii, brandLabels, matches, otherSignatures } from './signatures.js';

/** The error for a file whose bytes tell that it is something else, or undefined when they tell nothing. */
export function describeOther(name: string, view: DataView): EarshotError | undefined {
  if (isAllZeros(view)) {
    return new EarshotError(
      'clip-unreadable',
      `${name} holds only zeros where its sound should begin, as after a copy or download that broke off. Copy it again.`,
    );
  }
  const brand = ascii(view, 4, 4) === 'ftyp' ? brandLabels[ascii(view, 8, 4)] : undefined;
  if (brand !== undefined) return unsupported(name, `holds ${brand}, which Earshot cannot listen to.`);
  if (ascii(view, 0, 4) === 'RIFF' && ascii(view, 8, 4) === 'WEBP') {
    return unsupported(name, 'holds a WebP picture, not audio.');
  }
  const text = decodeText(view);
  // Some signatures are words, so text that begins with one is still text; only a PDF is both.
  const other = otherSignatures.find((candidate) => matches(view, candidate));
  if (other !== undefined && (text === undefined || other.bytes === '%PDF')) {
    if (other.isMedia !== true) return unsupported(name, `holds ${other.label}, not audio.`);
    return new EarshotError(
      'unsupported-media',
      `${name} holds ${other.label}, which Earshot does not read. Convert it to WAV, MP3 or FLAC first.`,
    );
  }
  if (text === undefined) return undefined;
  if (text.startsWith('version https://git-lfs.github.com/')) {
    return new EarshotError(
      'unsupported-media',
      `${name} is only a Git LFS pointer, not the recording itself. Run "git lfs pull" to get the recording.`,
    );
  }
  return unsupported(name, `holds ${describeText(text)}, not audio.`);
}

export function describeUnknown(name: string, view: DataView, isBehindId3: boolean): EarshotError {
  if (isBehindId3) return unsupported(name, 'begins with an ID3 tag, but no sound that Earshot knows follows it.');
  return unsupported(name, `holds no audio that Earshot knows (it begins with the bytes ${hexadecimal(view, 8)}).`);
}

function unsupported(name: string, seen: string): EarshotError {
  return new EarshotError(
    'unsupported-media',
    `${name} ${seen} Choose a recording, for example WAV, MP3, M4A, FLAC or Ogg.`,
  );
}

function describeText(text: string): string {
  const start = text.trimStart().slice(0, 200).toLowerCase();
  if (start.startsWith('<!doctype html') || start.startsWith('<html')) return 'a web page';
  if (start.startsWith('<?xml') || start.startsWith('<svg')) return 'an XML document';
  if (start.startsWith('{') || start.startsWith('[')) return 'JSON text';
  return 'text';
}

/** The beginning as text, if every character of it is one that text has. */
function decodeText(view: DataView): string | undefined {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, Math.min(view.byteLength, 4096));
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const encoding = !isUtf16 ? 'utf-8' : bytes[0] === 0xff ? 'utf-16le' : 'utf-16be';
  try {
    // A character may be cut in two where the window ends: `stream` forgives that and nothing else.
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
    // eslint-disable-next-line no-control-regex -- control characters are what tells bytes from text
    return text === '' || /[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(text) ? undefined : text;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function isAllZeros(view: DataView): boolean {
  for (let offset = 0; offset < view.byteLength; offset++) if (view.getUint8(offset) !== 0) return false;
  return true;
}

function hexadecimal(view: DataView, length: number): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, Math.min(length, view.byteLength));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
