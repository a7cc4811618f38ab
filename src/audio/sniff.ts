import { EarshotError } from '../core/errors.js';
import type { MediaFormatName } from '../core/media.js';
import type { ByteSource } from './byteSource.js';
import { describeOther, describeUnknown } from './describeOther.js';
import { framesAt } from './mpegFrame.js';
import type { FrameHeader } from './mpegFrame.js';
import { oggCodec } from './oggCodec.js';
import { ascii, brandLabels, matches, mediaSignatures } from './signatures.js';

/** What a file is, by its bytes alone. */
export interface Sniffed {
  readonly container: MediaFormatName;
  /** `unknown` when it lies deeper in the file. */
  readonly codec: string;
  /** Where the container begins, behind any ID3v2 tags. */
  readonly start: number;
  /** The first frame of MP3 and ADTS, and its place in the file. */
  readonly firstFrame?: { readonly offset: number; readonly header: FrameHeader };
}

/** Enough for the junk that some encoders put before the first frame of an MP3. */
const windowByteLength = 65_536;
const tagLimit = 16;

/** @throws EarshotError `unsupported-media` or `clip-unreadable` that says what the file holds instead, `clip-empty`. */
export async function sniff(source: ByteSource, signal?: AbortSignal): Promise<Sniffed> {
  if (source.byteLength === 0) {
    throw new EarshotError('clip-empty', `${source.name} is empty (0 bytes). Record or export it again.`);
  }
  const { start, view } = await skipId3(source, signal);
  const endsFile = start + view.byteLength === source.byteLength;
  const sniffed = sniffContainer(view) ?? sniffFrames(view, 0, 0, start, endsFile);
  if (sniffed !== undefined) return { start, ...sniffed };
  // Other files are named before frames are searched for: an archive or a document may well hold an MP3 somewhere.
  const other = describeOther(source.name, view);
  if (other !== undefined) throw other;
  const found = sniffFrames(view, 1, view.byteLength - 4, start, endsFile);
  if (found !== undefined) return { start, ...found };
  throw describeUnknown(source.name, view, start > 0);
}

/** Goes past ID3v2 tags, which may hold pictures of any size and stand in front of MP3, ADTS and FLAC alike. */
async function skipId3(
  source: ByteSource,
  signal: AbortSignal | undefined,
): Promise<{ start: number; view: DataView }> {
  let start = 0;
  for (let count = 0; count <= tagLimit; count++) {
    const bytes = await source.read(start, Math.min(source.byteLength, start + windowByteLength), signal);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!isId3(view)) return { start, view };
    const hasFooter = (view.getUint8(5) & 0x10) !== 0;
    start += 10 + syncSafeInteger(view, 6) + (hasFooter ? 10 : 0);
    if (start >= source.byteLength) break;
  }
  throw new EarshotError(
    'clip-unreadable',
    `${source.name} ends within its ID3 tag, before any sound. Copy or download it again.`,
  );
}

function isId3(view: DataView): boolean {
  if (view.byteLength < 10 || ascii(view, 0, 3) !== 'ID3' || view.getUint8(3) > 4) return false;
  return [6, 7, 8, 9].every((offset) => view.getUint8(offset) < 0x80);
}

/** Seven bits a byte, as ID3v2 writes sizes. */
function syncSafeInteger(view: DataView, offset: number): number {
  let value = 0;
  for (let index = 0; index < 4; index++) value = value * 128 + (view.getUint8(offset + index) & 0x7f);
  return value;
}

function sniffContainer(view: DataView): Omit<Sniffed, 'start'> | undefined {
  const first = ascii(view, 0, 4);
  const form = ascii(view, 8, 4);
  if (first === 'RIFF' || first === 'RF64' || first === 'BW64') {
    if (form === 'WAVE') return { container: 'wav', codec: 'unknown' };
    if (form === 'AVI ') return { container: 'avi', codec: 'unknown' };
    if (form === 'RMID') return { container: 'midi', codec: 'midi' };
    return undefined;
  }
  if (first === 'FORM' && form === 'AIFF') return { container: 'aiff', codec: 'pcm' };
  if (first === 'FORM' && form === 'AIFC') return { container: 'aiff', codec: 'unknown' };
  if (first === 'OggS') return { container: 'ogg', codec: oggCodec(view) };
  if (ascii(view, 4, 4) === 'ftyp') return sniffBrand(form);
  if (isTransportStream(view)) return { container: 'mpegts', codec: 'unknown' };
  const signature = mediaSignatures.find((candidate) => matches(view, candidate));
  return signature && { container: signature.container, codec: signature.codec };
}

function sniffBrand(brand: string): Omit<Sniffed, 'start'> | undefined {
  if (Object.hasOwn(brandLabels, brand)) return undefined;
  return { container: brand === 'qt  ' ? 'mov' : 'mp4', codec: 'unknown' };
}

/** A sync byte at every 188 bytes, or at 192 with a time stamp in front of each packet. */
function isTransportStream(view: DataView): boolean {
  return [[0, 188] as const, [4, 192] as const].some(([offset, packetByteLength]) => {
    if (view.byteLength < offset + 3 * packetByteLength + 1) return false;
    return [0, 1, 2, 3].every((packet) => view.getUint8(offset + packet * packetByteLength) === 0x47);
  });
}

/** MPEG audio whose first frame begins at one of these places of the view. */
function sniffFrames(
  view: DataView,
  from: number,
  to: number,
  start: number,
  endsFile: boolean,
): Omit<Sniffed, 'start'> | undefined {
  for (let offset = from; offset <= to; offset++) {
    const header = framesAt(view, offset, endsFile);
    if (header === undefined) continue;
    const container = header.codec === 'aac' ? 'aac' : 'mp3';
    return { container, codec: header.codec, firstFrame: { offset: start + offset, header } };
  }
  return undefined;
}
