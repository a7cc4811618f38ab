import { latin1 } from './bytes.ts';
import type { Pcm } from './wav.ts';
import { DamagedAudio } from './wav.ts';

interface FrameHeader {
  readonly byteLength: number;
  readonly samples: number;
  readonly sampleRate: number;
  readonly channels: number;
}

interface Scan {
  readonly frames: number;
  readonly sampleRate: number;
  readonly channels: number;
  readonly seconds: number;
}

const kilobits1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const kilobits2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const rates1 = [44_100, 48_000, 32_000];

function readHeader(bytes: Uint8Array, at: number): FrameHeader {
  const [first = 0, second = 0, third = 0, fourth = 0] = bytes.subarray(at, at + 4);
  if (first !== 0xff || (second & 0xe0) !== 0xe0) throw new DamagedAudio(`MP3 has no frame at byte ${at}`);
  const version = (second >> 3) & 3;
  const layer = (second >> 1) & 3;
  if (version === 1 || layer !== 1) throw new DamagedAudio(`MPEG frame at byte ${at} is not layer III`);
  const mpeg1 = version === 3;
  const kilobits = (mpeg1 ? kilobits1 : kilobits2)[third >> 4];
  const rate = rates1[(third >> 2) & 3];
  if (kilobits === undefined || kilobits === 0 || rate === undefined) {
    throw new DamagedAudio(`MP3 frame at byte ${at} has a wrong header`);
  }
  const sampleRate = rate / (mpeg1 ? 1 : version === 2 ? 2 : 4);
  const samples = mpeg1 ? 1152 : 576;
  return {
    byteLength: Math.floor(((samples / 8) * kilobits * 1000) / sampleRate) + ((third >> 1) & 1),
    samples,
    sampleRate,
    channels: fourth >> 6 === 3 ? 1 : 2,
  };
}

function skipId3(bytes: Uint8Array): number {
  let at = 0;
  while (latin1(bytes, at, at + 3) === 'ID3') {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at + 6, at + 10);
    at += 10 + ((a & 0x7f) << 21) + ((b & 0x7f) << 14) + ((c & 0x7f) << 7) + (d & 0x7f);
  }
  return at;
}

function endOfFrames(bytes: Uint8Array): number {
  const end = bytes.byteLength;
  return end >= 128 && latin1(bytes, end - 128, end - 125) === 'TAG' ? end - 128 : end;
}

/** Walks every frame: all must follow each other without a gap, agree with each other, and be whole. */
export function scanMp3(bytes: Uint8Array): Scan {
  let at = skipId3(bytes);
  const end = endOfFrames(bytes);
  if (at >= end) throw new DamagedAudio('MP3 has no frames');
  const first = readHeader(bytes, at);
  let frames = 0;
  while (at < end) {
    const header = readHeader(bytes, at);
    if (header.sampleRate !== first.sampleRate || (header.channels === 1) !== (first.channels === 1)) {
      throw new DamagedAudio(`MP3 frame ${frames} differs from the first in rate or channels`);
    }
    if (at + header.byteLength > end) throw new DamagedAudio(`MP3 ends inside frame ${frames}`);
    at += header.byteLength;
    frames++;
  }
  return {
    frames,
    sampleRate: first.sampleRate,
    channels: first.channels,
    seconds: (frames * first.samples) / first.sampleRate,
  };
}

/** Decodes an MP3 whose frames are all whole, and throws `DamagedAudio` at anything else. */
export async function decodeMp3(bytes: Uint8Array): Promise<Pcm> {
  const scan = scanMp3(bytes);
  const { MPEGDecoder } = await import('mpg123-decoder');
  const decoder = new MPEGDecoder();
  await decoder.ready;
  try {
    const decoded = decoder.decode(bytes);
    const fault = decoded.errors[0];
    if (fault) throw new DamagedAudio(`MP3 does not decode: ${fault.message}`);
    if (decoded.sampleRate !== scan.sampleRate) {
      throw new DamagedAudio(`MP3 frames say ${scan.sampleRate} Hz, the decoder ${decoded.sampleRate} Hz`);
    }
    const seconds = decoded.samplesDecoded / decoded.sampleRate;
    // Gapless playing drops the encoder's padding: at most a tag frame and three frames more.
    if (Math.abs(seconds - scan.seconds) > (4.5 * scan.seconds) / scan.frames) {
      throw new DamagedAudio(`MP3 has frames for ${scan.seconds} s, but ${seconds} s decode`);
    }
    // The decoder always gives two channels.
    return { sampleRate: scan.sampleRate, channels: decoded.channelData.slice(0, scan.channels) };
  } finally {
    decoder.free();
  }
}

type Mp3SampleRate = 8000 | 11025 | 12000 | 16000 | 22050 | 24000 | 32000 | 44100 | 48000;

/** A constant bit rate MP3 of one or two channels; the encoder throws at a rate that MP3 does not know. */
export async function encodeMp3(pcm: Pcm, kilobits: 32 | 64 | 128 = 64): Promise<Uint8Array> {
  const { createMp3Encoder } = await import('wasm-media-encoders');
  const encoder = await createMp3Encoder();
  const [left = new Float32Array(), right] = pcm.channels;
  const sampleRate = pcm.sampleRate as Mp3SampleRate;
  encoder.configure({ sampleRate, outputSampleRate: sampleRate, channels: right ? 2 : 1, bitrate: kilobits });
  const body = encoder.encode(right ? [left, right] : [left]).slice();
  const tail = encoder.finalize().slice();
  return new Uint8Array(Buffer.concat([body, tail]));
}
