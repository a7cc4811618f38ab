import { Application, createEncoder, Signal } from 'libopus-wasm';
import { speechSampleRate } from '../speechFormat.js';
import { createOggPages } from './oggPages.js';
import type { OggPages } from './oggPages.js';
import { opusHeaders } from './opusHead.js';
import type { SoundEncoder } from './soundEncoder.js';

/** 60 ms: half the work of 20 ms, and fewer bytes. */
const frameSampleCount = 960;
const granulesPerSample = 48_000 / speechSampleRate;
/** Twice as fast as the highest; speech sounds the same at these rates. */
const complexity = 3;

export async function createOpusEncoder(kilobitsPerSecond: 16 | 20 | 24): Promise<SoundEncoder> {
  const create = () =>
    createEncoder({
      sampleRate: speechSampleRate,
      channels: 1,
      application: Application.Voip,
      signal: Signal.Voice,
      bitrate: kilobitsPerSecond * 1000,
      complexity,
      vbr: true,
      vbrConstraint: true,
      frameSize: frameSampleCount,
    });
  const encoder = await create();
  const preSkip = encoder.getLookahead();
  const frame = new Float32Array(frameSampleCount);
  let filled = 0;
  let sampleCount = 0;
  let granule = 0;
  let pages: OggPages | undefined;

  function begin(): OggPages {
    const begun = createOggPages(1);
    for (const header of opusHeaders(1, preSkip * granulesPerSample, speechSampleRate)) {
      begun.addPacket(header, 0);
      begun.endPage();
    }
    sampleCount = 0;
    granule = 0;
    return begun;
  }

  function encode(samples: Float32Array): void {
    pages ??= begin();
    sampleCount += samples.length;
    for (let taken = 0; taken < samples.length;) {
      const count = Math.min(samples.length - taken, frameSampleCount - filled);
      frame.set(samples.subarray(taken, taken + count), filled);
      filled += count;
      taken += count;
      if (filled === frameSampleCount) writeFrame(pages);
    }
  }

  function writeFrame(to: OggPages): void {
    granule += frameSampleCount * granulesPerSample;
    to.addPacket(encoder.encodeFloat(frame), granule);
    filled = 0;
  }

  return {
    encode,
    finish() {
      const current = pages ?? begin();
      // The encoder is late by its lookahead: its last samples come out with silence behind them.
      const needed = (sampleCount + preSkip) * granulesPerSample;
      while (granule < needed) {
        frame.fill(0, filled);
        writeFrame(current);
      }
      pages = undefined;
      return current.finish(needed);
    },
    free: () => {
      encoder.free();
    },
  };
}
