import { describe, expect, it } from 'vitest';
import type { PrepareOptions } from '../../../src/audio/engine.js';
import { findSides, relationOfChannels, stretchesOf, tellsSpeakers } from '../../../src/workflows/sides.js';
import { aClip, aModel } from '../../support/fakes.js';
import { toneWordList, toneWords } from '../../support/openaiServer/tones.ts';
import { encodeWav } from '../../support/openaiServer/wav.ts';
import { bytesEngine } from '../audio/support/sources.js';

/** Somebody speaks on a channel for three seconds, then somebody on the other; over and over. */
function call(sampleRate: number, turnCount: number, sideOf: (turn: number) => number): Uint8Array {
  const turns = Array.from({ length: turnCount }, (_, turn) =>
    toneWords(
      Array.from({ length: 8 }, (__, word) => toneWordList[(turn * 5 + word * 7) % 36] ?? ''),
      {
        sampleRate,
        channels: 2,
        ...(sideOf(turn) < 0 ? {} : { onlyChannel: sideOf(turn) }),
      },
    ),
  );
  const channels = [0, 1].map((channel) => {
    const planes = turns.map(({ pcm }) => pcm.channels[channel] ?? new Float32Array(0));
    const all = new Float32Array(planes.reduce((sum, { length }) => sum + length, 0));
    planes.reduce((start, plane) => (all.set(plane, start), start + plane.length), 0);
    return all;
  });
  return encodeWav({ sampleRate, channels });
}

const signal = new AbortController().signal;

async function heard(wav: Uint8Array, engine = bytesEngine) {
  const clip = aClip('call.wav', new Uint8Array(wav));
  return { clip, probe: await engine.probe(clip.source), engine, signal };
}

describe('the sides of a recording', () => {
  it.each([8000, 16_000, 44_100])('are known at %i Hz, read by the engine itself', async (sampleRate) => {
    const both = await heard(call(sampleRate, 6, (turn) => turn % 2));
    expect(await relationOfChannels(both)).toBe('apart');
    expect(await findSides(both)).toEqual({
      sides: [
        { channel: 0, speaker: 'Left' },
        { channel: 1, speaker: 'Right' },
      ],
      warnings: [],
    });
  });

  it('are not paid for twice where both hold the same sound', async () => {
    expect(await findSides(await heard(call(16_000, 6, () => -1)))).toEqual({
      sides: [{}],
      warnings: ['Both channels of call.wav hold the same sound, so its speakers are not told apart.'],
    });
  });

  it('leave out the one that is silent', async () => {
    expect(await findSides(await heard(call(16_000, 6, () => 1)))).toEqual({
      sides: [{ channel: 1, speaker: 'Right' }],
      warnings: ['The left channel of call.wav is silent and was left out.'],
    });
  });

  it('are found by listening to a minute of a long recording', async () => {
    const wav = call(16_000, 60, (turn) => turn % 2);
    const ranges: PrepareOptions['range'][] = [];
    const engine = {
      ...bytesEngine,
      prepare: (...given: Parameters<typeof bytesEngine.prepare>) => {
        ranges.push(given[1].range);
        return bytesEngine.prepare(...given);
      },
    };
    expect(await relationOfChannels(await heard(wav, engine))).toBe('apart');
    const seconds = ranges.reduce((sum, range) => sum + (range?.endSeconds ?? 0) - (range?.startSeconds ?? 0), 0);
    expect(seconds).toBe(60);
  });

  it('are looked for all over it', () => {
    const stretches = stretchesOf(3 * 3600);
    expect(stretches).toHaveLength(10);
    expect(stretches[0]?.startSeconds).toBeLessThan(0.1 * 3 * 3600);
    expect(stretches.at(-1)?.endSeconds).toBeGreaterThan(0.9 * 3 * 3600);
    expect(stretches.at(-1)?.endSeconds).toBeLessThan(3 * 3600);
    expect(stretchesOf(90)).toEqual([{ startSeconds: 0, endSeconds: 90 }]);
  });

  it('are of no use to a model that tells speakers by itself', () => {
    const capabilitiesOf = (row: Parameters<typeof aModel>[2]) => aModel('fake', 'x', row).capabilities;
    expect(tellsSpeakers(capabilitiesOf({ transcription: true }))).toBe(false);
    expect(tellsSpeakers(capabilitiesOf({ transcription: true, tellsSpeakers: true }))).toBe(true);
    expect(tellsSpeakers(capabilitiesOf({ chat: true, audioInput: true }))).toBe(true);
  });
});
