import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startGeminiServer, streamPath, type GeminiServer } from '../support/geminiServer/server.ts';
import { toneWords } from '../support/openaiServer/tones.ts';
import { geminiOf, GeminiContext } from './askGemini.ts';
import { collect, collectUntilError, never } from './askServer.ts';

const model = 'gemini-3.5-transcribe';
const path = streamPath(model);
const clip = toneWords('three golf nine');
const audio = { bytes: clip.wav, format: 'wav', fileName: 'interview.wav' } as const;

describe('transcription through gemini', () => {
  let server: GeminiServer;
  const context = new GeminiContext();

  beforeAll(async () => {
    server = await startGeminiServer();
  });
  beforeEach(() => {
    server.reset();
  });
  afterAll(() => server.close());

  it('sends exactly this and gives words with times and speakers', async () => {
    const events = await collect(
      geminiOf(server, context).transcribe?.({ model, audio, language: 'en-GB', glossary: ['Earshot'] }, never()),
    );
    expect(server.requestsTo(path)[0]?.json).toEqual({
      contents: [
        {
          role: 'user',
          parts: [{ inlineData: { mimeType: 'audio/wav', data: Buffer.from(clip.wav).toString('base64') } }],
        },
      ],
      generationConfig: {
        audioTranscriptionConfig: {
          languageCodes: ['en-GB'],
          customVocabulary: ['Earshot'],
          wordTimestamp: true,
          diarization: true,
        },
      },
    });
    expect(events[0]).toEqual({ type: 'language', language: 'en-US' });
    const segments = events.flatMap((event) => (event.type === 'segment' ? [event.segment] : []));
    expect(segments.map(({ text, speaker }) => [text, speaker])).toEqual([['three golf nine.', 'spk_1']]);
    expect(segments[0]?.words?.map(({ text }) => text)).toEqual(['three', 'golf', 'nine']);
    for (const [index, word] of clip.words.entries()) {
      expect(segments[0]?.words?.[index]?.startSeconds).toBeCloseTo(word.start, 1);
      expect(segments[0]?.words?.[index]?.endSeconds).toBeCloseTo(word.end, 1);
    }
    expect(events.find((event) => event.type === 'usage')?.usage.inputAudioTokens).toBe(
      Math.round(clip.durationSeconds * 32),
    );
    expect(server.problems).toEqual([]);
  });

  it('asks for no times where the user says that there are none, and gives the text', async () => {
    const provider = geminiOf(server, context, { models: { [model]: { transcriptTimes: 'none' } } });
    const events = await collect(provider.transcribe?.({ model, audio }, never()));
    expect(server.requestsTo(path)[0]?.json).toMatchObject({
      generationConfig: { audioTranscriptionConfig: { diarization: true } },
    });
    expect(events.filter(({ type }) => type === 'text')).toEqual([{ type: 'text', text: 'three golf nine.' }]);
    expect(server.problems).toEqual([]);
  });

  it('takes bare text for what was said where nothing better comes', async () => {
    server.setAnswer(() => ({ events: [[{ text: 'three ' }], [{ text: 'golf' }]] }));
    const events = await collect(geminiOf(server, context).transcribe?.({ model, audio }, never()));
    expect(events.filter(({ type }) => type !== 'usage')).toEqual([{ type: 'text', text: 'three golf' }]);
  });

  it('gives nothing for silence', async () => {
    server.setAnswer(() => ({ events: [[]] }));
    const events = await collect(geminiOf(server, context).transcribe?.({ model, audio }, never()));
    expect(events.filter(({ type }) => type !== 'usage')).toEqual([]);
  });

  it('keeps the segments that came before it broke off', async () => {
    const said = (text: string, speakerLabel: string) => ({
      audioTranscription: { text, speakerLabel, startOffset: '0.5s', endOffset: '2s' },
    });
    server.setAnswer(() => ({ events: [[said('One.', 'spk_1')], [said('Two.', 'spk_2')], [said('Three.', 'spk_1')]] }));
    server.failNext(path, { kind: 'cut-stream', afterEvents: 2 });
    const { events, error } = await collectUntilError(
      geminiOf(server, context).transcribe?.({ model, audio }, never()),
    );
    expect(error.reason).toBe('answer-cut-off');
    expect(events.filter(({ type }) => type === 'segment')).toEqual([
      { type: 'segment', segment: { startSeconds: 0.5, endSeconds: 2, text: 'One.', speaker: 'spk_1' } },
      { type: 'segment', segment: { startSeconds: 0.5, endSeconds: 2, text: 'Two.', speaker: 'spk_2' } },
    ]);
  });

  it('asks a model that only chats nothing', async () => {
    const { error } = await collectUntilError(
      geminiOf(server, context).transcribe?.({ model: 'gemini-3.8-flash', audio }, never()),
    );
    expect(error.reason).toBe('model-lacks-capability');
    expect(server.requests).toEqual([]);
  });
});
