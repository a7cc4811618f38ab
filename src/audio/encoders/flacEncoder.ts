import { speechSampleRate } from '../speechFormat.js';
import { roundToPcm16 } from '../writeWav.js';
import { BitWriter } from './bitWriter.js';
import { ByteCollector } from './byteCollector.js';
import { flacBlockSampleCount, flacStreamInfoByteLength, writeFlacFrame, writeFlacStreamInfo } from './flacFrame.js';
import type { SoundEncoder } from './soundEncoder.js';

/**
 * 16 kHz mono FLAC (RFC 9639) by fixed predictors and partitioned Rice codes: within a few per cent of libFLAC for
 * speech, and a fraction of its size as a library.
 */
export function createFlacEncoder(): SoundEncoder {
  const file = new ByteCollector();
  const block = new Int16Array(flacBlockSampleCount);
  const bits = new BitWriter(flacBlockSampleCount * 3);
  let filled = 0;
  let blockCount = 0;
  let sampleCount = 0;
  const header = streamHeader(0);
  file.add(header);

  function writeBlock(): void {
    writeFlacFrame(bits, [block.subarray(0, filled)], speechSampleRate, blockCount++, 'equal');
    file.add(bits.written);
    bits.clear();
    filled = 0;
  }

  return {
    encode(samples) {
      sampleCount += samples.length;
      for (let taken = 0; taken < samples.length;) {
        const count = Math.min(samples.length - taken, flacBlockSampleCount - filled);
        roundToPcm16(samples, taken, taken + count, block, filled);
        filled += count;
        taken += count;
        if (filled === flacBlockSampleCount) writeBlock();
      }
    },
    finish() {
      if (filled > 0) writeBlock();
      const bytes = file.take();
      bytes.set(streamHeader(sampleCount));
      file.add(header);
      blockCount = 0;
      sampleCount = 0;
      return bytes;
    },
    free: () => undefined,
  };
}

function streamHeader(sampleCount: number): Uint8Array {
  const header = new Uint8Array(8 + flacStreamInfoByteLength);
  const view = new DataView(header.buffer);
  view.setUint32(0, 0x664c_6143); // fLaC
  view.setUint32(4, 0x8000_0000 | flacStreamInfoByteLength);
  writeFlacStreamInfo(view, 8, { sampleRate: speechSampleRate, channelCount: 1, sampleCount });
  return header;
}
