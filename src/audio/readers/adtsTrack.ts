import type { ByteSource } from '../byteSource.js';
import type { FrameHeader } from '../mpegFrame.js';
import type { PcmProblem } from '../pcmReader.js';
import { inspectFrames } from '../probeFrames.js';
import { scanFrames } from './frameScan.js';
import type { PacketBatch, SoundTrack } from './soundTrack.js';

const prerollSeconds = 0.1;

/** AAC in its plainest form: frame after frame, each with a header of its own, no times and no count. */
export async function openAdtsTrack(
  source: ByteSource,
  first: { readonly offset: number; readonly header: FrameHeader },
  signal: AbortSignal | undefined,
): Promise<SoundTrack> {
  const { end } = await inspectFrames(source, first, signal);
  const { sampleRate, channels } = first.header;
  const problems: PcmProblem[] = [];
  async function* batches(fromSeconds: number): AsyncGenerator<PacketBatch> {
    const firstWanted = fromSeconds * sampleRate;
    let sample = 0;
    for await (const { frames, skippedByteLength } of scanFrames(source, first, end, signal)) {
      if (skippedByteLength > 0) {
        const message = `About here ${skippedByteLength} bytes are damaged and were left out.`;
        problems.push({ atSeconds: sample / sampleRate, message, isEnd: false });
      }
      const packets: Uint8Array[] = [];
      const start = sample;
      let left = 0;
      for (const { header, bytes } of frames) {
        if (sample + header.sampleCount > firstWanted) packets.push(bytes);
        else left += header.sampleCount;
        sample += header.sampleCount;
      }
      if (packets.length > 0) yield { packets, startSeconds: (start + left) / sampleRate };
    }
  }
  return {
    byteLength: source.byteLength,
    codec: 'aac',
    sampleRate,
    channelCount: channels,
    setup: [(await source.read(first.offset, first.offset + first.header.byteLength, signal)).slice()],
    // There is no clock but the sound itself.
    toleranceSeconds: Infinity,
    prerollSeconds,
    problems,
    close: () => undefined,
    batches,
  };
}
