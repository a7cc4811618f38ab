import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MediaFormatName } from '../../src/core/media.js';
import { createRequestLimits } from '../../src/workflows/requestLimits.js';
import { transcribeClip } from '../../src/workflows/transcribeClip.js';
import { aClip } from '../support/fakes.js';
import { startOpenAIServer, type OpenAIServer } from '../support/openaiServer/server.ts';
import { toneWordList, toneWords } from '../support/openaiServer/tones.ts';
import { bytesEngine } from '../unit/audio/support/sources.js';
import { never, providerOf, WireContext } from './askServer.ts';

// Numbers in tones, two words each, with a tenth of a second between words and no longer pause: through the real engine and the real
// provider, in more than fifty parts, to a server that hears a word only where it is whole.

const path = '/v1/audio/transcriptions';
const numberCount = 330;
const base = toneWordList.length;
const words = Array.from({ length: numberCount }, (_, number) => [
  toneWordList[Math.floor(number / base)] ?? '',
  toneWordList[number % base] ?? '',
]).flat();

describe('the borders between parts', () => {
  let server: OpenAIServer;
  beforeAll(async () => {
    server = await startOpenAIServer({ recogniser: 'tones' });
  });
  afterAll(() => server.close());

  it.each([['wav'], ['mp3']] as const satisfies readonly (readonly [MediaFormatName])[])(
    'lose and double no word of a recording that goes in more than fifty parts of %s',
    async (format) => {
      server.reset();
      const recording = toneWords(words);
      const models = {
        'whisper-1': {
          transcription: true,
          inputFormats: [format],
          maxInputSeconds: 4.7,
          transcriptTimes: 'segments',
        },
      };
      const provider = providerOf(server, 'openai', new WireContext(), { models });
      const { transcript, stoppedBy, warnings } = await transcribeClip(
        aClip('numbers.wav', new Uint8Array(recording.wav)),
        { chosen: { provider, model: await provider.model('whisper-1') } },
        {
          engine: bytesEngine,
          now: () => new Date('2026-11-21T10:00:00Z'),
          permit: () => Promise.resolve(),
          requestLimit: createRequestLimits(() => 3),
        },
        never(),
      );
      expect(stoppedBy).toBeUndefined();
      expect(warnings).toEqual([]);
      expect(server.requestsTo(path).length).toBeGreaterThan(50);
      expect(transcript.segments.flatMap(({ text }) => text.trim().split(/\s+/))).toEqual(words);
      expect(server.problems).toEqual([]);
    },
    120_000,
  );
});
