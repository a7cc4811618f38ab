import { ascii } from './signatures.js';

/** How the first packet of each codec begins (RFC 7845, Vorbis I, RFC 5334 and the Speex manual). */
const packetSignatures: readonly (readonly [beginning: string, codec: string])[] = [
  ['OpusHead', 'opus'],
  ['\x01vorbis', 'vorbis'],
  ['\x7fFLAC', 'flac'],
  ['Speex   ', 'speex'],
];

/** The codec of the first sound track. Every track's first packet is on a page of its own, and these come before all others. */
export function oggCodec(view: DataView): string {
  const isFirstPageOfTrack = (offset: number): boolean => (view.getUint8(offset + 5) & 0x02) !== 0;
  for (let offset = 0; offset + 27 <= view.byteLength && ascii(view, offset, 4) === 'OggS';) {
    if (!isFirstPageOfTrack(offset)) break;
    const segments = view.getUint8(offset + 26);
    const body = offset + 27 + segments;
    if (body > view.byteLength) break;
    const codec = packetSignatures.find(([beginning]) => ascii(view, body, beginning.length) === beginning)?.[1];
    if (codec !== undefined) return codec;
    let pageByteLength = 27 + segments;
    for (let segment = 0; segment < segments; segment++) pageByteLength += view.getUint8(offset + 27 + segment);
    offset += pageByteLength;
  }
  return 'unknown';
}
