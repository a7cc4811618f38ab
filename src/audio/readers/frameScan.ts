import type { ByteSource } from '../byteSource.js';
import { framesAt, parseFrameHeader } from '../mpegFrame.js';
import type { FrameHeader } from '../mpegFrame.js';

export interface ScannedFrame {
  /** In the file. */
  readonly offset: number;
  readonly header: FrameHeader;
  /** Its bytes, with the header. */
  readonly bytes: Uint8Array;
}

export interface ScannedFrames {
  readonly frames: readonly ScannedFrame[];
  /** Passed over in front of the last of these frames: they belong to no frame. */
  readonly skippedByteLength: number;
}

const blockByteLength = 1 << 18;
/** No frame is longer, and three must be seen to find the way back into the stream. */
const lookAhead = 3 * 8192;

/** Every whole frame of MPEG audio or ADTS from this one on, a read at a time. */
export async function* scanFrames(
  source: ByteSource,
  first: { readonly offset: number; readonly header: FrameHeader },
  end: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<ScannedFrames> {
  const { codec, sampleRate, freeByteLength } = first.header;
  for (let position = first.offset; position < end;) {
    const stop = Math.min(end, position + blockByteLength + lookAhead);
    const bytes = await source.read(position, stop, signal);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const endsFile = stop === end;
    const limit = endsFile ? bytes.byteLength : blockByteLength;
    const frames: ScannedFrame[] = [];
    let skippedByteLength = 0;
    let offset = 0;
    while (offset < limit) {
      const header = parseFrameHeader(view, offset, freeByteLength);
      if (header?.codec === codec && header.sampleRate === sampleRate) {
        const frameEnd = offset + header.byteLength;
        if (frameEnd > bytes.byteLength) break;
        frames.push({ offset: position + offset, header, bytes: bytes.subarray(offset, frameEnd) });
        offset = frameEnd;
        continue;
      }
      const next = nextFrame(view, offset + 1, limit, endsFile, first.header);
      skippedByteLength += next - offset;
      offset = next;
    }
    yield { frames, skippedByteLength };
    if (endsFile || bytes.byteLength < stop - position) return;
    position += Math.max(1, offset);
  }
}

function nextFrame(view: DataView, from: number, limit: number, endsFile: boolean, like: FrameHeader): number {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  for (
    let offset = bytes.indexOf(0xff, from);
    offset >= 0 && offset < limit;
    offset = bytes.indexOf(0xff, offset + 1)
  ) {
    const header = framesAt(view, offset, endsFile);
    if (header?.codec === like.codec && header.sampleRate === like.sampleRate) return offset;
  }
  return limit;
}
