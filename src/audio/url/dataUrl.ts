import { EarshotError } from '../../core/errors.js';

export function isDataUrl(url: string): boolean {
  return /^data:/i.test(url.slice(0, 5));
}

const token = "[\\w!$&'*+.^`|~-]+";
const value = "[\\w!$&'*+.^`|~%-]+";
/** More than any media type needs. */
const longestHead = 1000;
/** RFC 2397: a media type may be missing, its parameters come with a value each, and `base64` stands last. */
const head = new RegExp(`^(?:${token}/${token})?(?:;${token}=(?:${value}|"[^"]*"))*(?<isBase64>;base64)?$`, 'i');

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const noLetter = 255;
const values = new Uint8Array(128).fill(noLetter);
for (let value = 0; value < alphabet.length; value++) values[alphabet.charCodeAt(value)] = value;

/**
 * The bytes of a `data:` URL, read strictly: what is not base64 to the letter is an error, not silence in the recording.
 * @param name Of the recording, for messages.
 * @throws EarshotError `clip-unreadable` that says what is wrong, `clip-too-large` beyond the limit.
 */
export function readDataUrl(name: string, url: string, byteLimit: number): Uint8Array<ArrayBuffer> {
  const comma = url.indexOf(',');
  if (comma < 0) throw broken(name, 'it has no comma, after which the data would stand');
  const match = comma > longestHead ? null : head.exec(url.slice(5, comma));
  if (match === null) {
    throw broken(
      name,
      `"${shortened(url.slice(5, comma))}" before its comma is no media type such as audio/wav;base64`,
    );
  }
  const fragment = url.indexOf('#', comma);
  const data = url.slice(comma + 1, fragment < 0 ? undefined : fragment);
  if (match.groups?.['isBase64'] === undefined) return percentDecoded(name, data, byteLimit);
  // Most of them hold no percent sign: those of many megabytes are not copied.
  const letters = data.includes('%') ? lettersOf(percentDecoded(name, data, 2 * byteLimit)) : data;
  return base64Decoded(name, letters, byteLimit);
}

function base64Decoded(name: string, letters: string, byteLimit: number): Uint8Array<ArrayBuffer> {
  const padding = letters.endsWith('==') ? 2 : letters.endsWith('=') ? 1 : 0;
  const letterCount = letters.length - padding;
  const byteLength = Math.floor((letterCount * 3) / 4);
  if (byteLength > byteLimit) throw tooLarge(name, byteLimit);
  const bytes = new Uint8Array(byteLength);
  let bits = 0;
  let bitCount = 0;
  let place = 0;
  for (let index = 0; index < letterCount; index++) {
    const value = values[letters.charCodeAt(index)] ?? noLetter;
    if (value === noLetter) throw broken(name, `its letter ${index + 1}, ${nameOf(letters, index)}, is not of base64`);
    bits = ((bits << 6) | value) & 0xff_ff;
    bitCount += 6;
    if (bitCount >= 8) {
      bitCount -= 8;
      bytes[place++] = bits >> bitCount;
    }
  }
  if (letters.length % 4 !== 0) {
    throw broken(name, `its base64 has ${letters.length} letters, which is not a multiple of four: its end is missing`);
  }
  if ((bits & ((1 << bitCount) - 1)) !== 0) {
    throw broken(name, 'its last letter holds more than its bytes need: its end is damaged');
  }
  return bytes;
}

/** `%41` → A; everything else must be a letter that a URL can hold. */
function percentDecoded(name: string, data: string, byteLimit: number): Uint8Array<ArrayBuffer> {
  const escapes = data.split('%').length - 1;
  const byteLength = data.length - 2 * escapes;
  if (byteLength > byteLimit) throw tooLarge(name, byteLimit);
  const bytes = new Uint8Array(Math.max(0, byteLength));
  let place = 0;
  for (let index = 0; index < data.length; index++) {
    const code = data.charCodeAt(index);
    if (code === 0x25) {
      const digits = data.slice(index + 1, index + 3);
      if (!/^[\da-f]{2}$/i.test(digits)) throw broken(name, `"%${shortened(digits)}" in it is no byte`);
      bytes[place++] = Number.parseInt(digits, 16);
      index += 2;
    } else if (code > 0x20 && code < 0x7f) {
      bytes[place++] = code;
    } else {
      throw broken(name, `its letter ${index + 1}, ${nameOf(data, index)}, cannot stand in a URL`);
    }
  }
  return bytes;
}

function lettersOf(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes);
}

/** A letter for people, also one that cannot be seen. */
function nameOf(text: string, index: number): string {
  const letter = String.fromCodePoint(text.codePointAt(index) ?? 0);
  if (letter === '\n' || letter === '\r') return 'a line break';
  if (letter === '-' || letter === '_') return `"${letter}" (of the other base64, for file names)`;
  return letter === ' ' ? 'a space' : `"${letter}"`;
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function broken(name: string, why: string): EarshotError {
  return new EarshotError(
    'clip-unreadable',
    `${name} cannot be read: its address is a data: URL, and ${why}. Copy the URL again as a whole, or save the recording and choose the file.`,
  );
}

function tooLarge(name: string, byteLimit: number): EarshotError {
  return new EarshotError(
    'clip-too-large',
    `${name} has more than ${Math.floor(byteLimit / 1_000_000)} MB, and stands in its address, a data: URL. Save it, and choose the file.`,
  );
}
