import { readByteBlocks } from './byteBlocks.js';
import type { ByteSource } from './byteSource.js';
import {
  createIma4Decoder,
  createImaWavDecoder,
  ima4PacketByteLength,
  ima4PacketSampleCount,
  imaWavSampleCount,
} from './imaAdpcm.js';
import type { BlockDecoder } from './imaAdpcm.js';
import { shrunk } from './interleaved.js';
import { createMsAdpcmDecoder, msAdpcmSampleCount } from './msAdpcm.js';
import type { PcmBlock, PcmProblem, PcmStream } from './pcmReader.js';

export type AdpcmCodec = 'adpcm-ima' | 'adpcm-ms' | 'adpcm-ima4';

/** Where blocks of ADPCM lie in a file. */
export interface AdpcmLayout {
  readonly codec: AdpcmCodec;
  readonly sampleRate: number;
  readonly channels: number;
  /** Of all channels together. */
  readonly blockByteLength: number;
  readonly dataStart: number;
  /** The last block may be shorter than the others. */
  readonly dataEnd: number;
  /** Where the file says it: the last block is filled up with samples that are not meant. */
  readonly sampleCount?: number;
}

interface AdpcmForm {
  readonly channelLimit: number;
  readonly samplesOf: (byteLength: number, channels: number) => number;
  readonly createDecoder: (channels: number) => BlockDecoder;
  /** Blocks to decode before the first that is wanted, where one depends on the one before. */
  readonly leadIn: number;
}

const forms: Record<AdpcmCodec, AdpcmForm> = {
  'adpcm-ima': { channelLimit: 8, samplesOf: imaWavSampleCount, createDecoder: createImaWavDecoder, leadIn: 0 },
  'adpcm-ms': { channelLimit: 2, samplesOf: msAdpcmSampleCount, createDecoder: createMsAdpcmDecoder, leadIn: 0 },
  'adpcm-ima4': {
    channelLimit: 8,
    samplesOf: (byteLength, channels) =>
      ima4PacketSampleCount * Math.floor(byteLength / (ima4PacketByteLength * channels)),
    createDecoder: createIma4Decoder,
    leadIn: 32,
  },
};

/** Blocks handed on together. */
const samplesAtATime = 16_384;

export function isAdpcmCodec(codec: string): codec is AdpcmCodec {
  return Object.hasOwn(forms, codec);
}

export function canReadAdpcm({ codec, channels, blockByteLength }: AdpcmLayout): boolean {
  return channels <= forms[codec].channelLimit && forms[codec].samplesOf(blockByteLength, channels) > 0;
}

export function adpcmSampleCount({ codec, channels, blockByteLength, dataStart, dataEnd }: AdpcmLayout): number {
  const { samplesOf } = forms[codec];
  const wholeBlocks = Math.floor((dataEnd - dataStart) / blockByteLength);
  const rest = dataEnd - dataStart - wholeBlocks * blockByteLength;
  return wholeBlocks * samplesOf(blockByteLength, channels) + samplesOf(rest, channels);
}

/** @param first @param end Samples of one channel, half-open. */
export function readAdpcm(
  source: ByteSource,
  layout: AdpcmLayout,
  first: number,
  end: number,
  signal?: AbortSignal,
  problems: PcmProblem[] = [],
): PcmStream {
  const { codec, sampleRate, channels, blockByteLength, dataStart, dataEnd } = layout;
  const form = forms[codec];
  const perBlock = form.samplesOf(blockByteLength, channels);

  async function* blocks(): AsyncGenerator<PcmBlock> {
    const decode = form.createDecoder(channels);
    const firstBlock = Math.max(0, Math.floor(first / perBlock) - form.leadIn);
    const start = dataStart + firstBlock * blockByteLength;
    const stop = Math.min(dataEnd, dataStart + Math.ceil(end / perBlock) * blockByteLength);
    const blocksAtATime = Math.max(1, Math.floor(samplesAtATime / perBlock));
    const planes = Array.from({ length: channels }, () => new Float32Array(blocksAtATime * perBlock));
    let sample = firstBlock * perBlock;
    let position = start;
    const takeFrom = (bytes: Uint8Array, offset: number): PcmBlock => {
      let length = 0;
      for (let block = 0; block < blocksAtATime && offset < bytes.byteLength; block++, offset += blockByteLength) {
        const part = bytes.subarray(offset, offset + blockByteLength);
        const expected = form.samplesOf(part.byteLength, channels);
        const decoded = expected === 0 ? 0 : decode(part, planes, length);
        if (decoded === undefined) {
          problems.push({
            atSeconds: (sample + length) / sampleRate,
            message: 'A damaged block is left silent.',
            isEnd: false,
          });
          for (const plane of planes) plane.fill(0, length, length + expected);
        }
        length += expected;
      }
      const from = Math.max(0, Math.min(length, first - sample));
      const to = Math.max(from, Math.min(length, end - sample));
      sample += length;
      return { channels: planes.map((plane) => plane.slice(from, to)) };
    };
    for await (const bytes of readByteBlocks(source, start, stop, blockByteLength, signal)) {
      for (let offset = 0; offset < bytes.byteLength; offset += blocksAtATime * blockByteLength) {
        const block = takeFrom(bytes, offset);
        if ((block.channels[0]?.length ?? 0) > 0) yield block;
      }
      position += bytes.byteLength;
    }
    if (position < stop) problems.push(shrunk(sample / sampleRate));
  }

  return { sampleRate, channelCount: channels, problems, blocks: blocks() };
}
