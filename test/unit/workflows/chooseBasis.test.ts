import { describe, expect, it } from 'vitest';
import type { AnswerStep } from '../../../src/workflows/answerQuestion.js';
import { ask, type AnswerWay, type Asking } from '../../../src/workflows/ask.js';
import { aClip, aModel, FakeEngine, FakeProvider, FakeShelf } from '../../support/fakes.js';

const segments = [{ startSeconds: 0, endSeconds: 2, text: 'we ship on friday' }];
const prices = { inputTextPerMillion: 1, outputTextPerMillion: 1, inputAudioPerMillion: 100 };

function setUp({ hasTranscript = true, needsAudio = false } = {}) {
  const ear = aModel('fake', 'ear', {
    chat: true,
    audioInput: true,
    inputFormats: ['wav'],
    audioTokensPerSecond: 10,
    prices,
    needsAudio,
  });
  const eye = aModel('fake', 'eye', { chat: true, prices });
  const recogniser = aModel('fake', 'recogniser', { transcription: true, prices: { perAudioMinute: 0.6 } });
  const provider = new FakeProvider('fake', [ear, eye, recogniser]);
  provider.answerScripts = [[{ type: 'text', text: 'Friday.' }]];
  provider.transcriptionScripts = segments.map((segment) => [{ type: 'segment', segment }]);
  const shelf = new FakeShelf();
  if (hasTranscript) shelf.kept.set('cd'.repeat(32), segments);
  const run = async (changed: Partial<Asking>) => {
    const asking: Asking = {
      prompt: 'When?',
      clips: [aClip()],
      history: [],
      hints: {},
      model: { ours: undefined },
      transcriptionModel: undefined,
      ...changed,
    };
    const ports = { engine: new FakeEngine(), shelf, now: () => new Date(0), permit: () => Promise.resolve() };
    const states = [{ provider, readiness: { state: 'ready', detail: '' }, models: provider.known }] as const;
    const answer = ask(asking, states, ports, new AbortController().signal);
    const steps: AnswerStep[] = [];
    let way: AnswerWay | undefined;
    while (way === undefined) {
      const next = await answer.next();
      if (next.done === true) way = next.value;
      else steps.push(next.value);
    }
    const notices = steps.flatMap((step) => (step.type === 'notice' ? [step.text] : []));
    return { way, notices: notices.join(' '), asked: provider.questions[0] };
  };
  return { run, provider };
}

describe('what an answer rests on', () => {
  it('is the transcript that is there, and the answer says what listening would cost', async () => {
    const { way, notices, asked } = await setUp().run({ source: 'cheapest' });
    expect(way).toBe('transcript');
    expect(asked?.model).toBe('ear');
    expect(notices).toMatch(
      /^ear read a transcript that was there; nobody listened\..* ear listen would cost about \$0\.02/,
    );
  });

  it('is the sound where there is no transcript, and the answer says what one would cost', async () => {
    const { way, notices } = await setUp({ hasTranscript: false }).run({ source: 'cheapest' });
    expect(way).toBe('audio');
    expect(notices).toMatch(/^ear heard the audio\. A transcript to ask instead would cost about \$0\.20, once\.$/);
  });

  it('is the sound when that is asked for, and the answer says what reading would cost', async () => {
    const { way, notices } = await setUp().run({ source: 'audio', places: [{ number: 1, historyIndex: 0 }] });
    expect(way).toBe('audio');
    expect(notices).toMatch(
      /^ear heard the audio again\. From the transcript that is there it would cost about \$0\.0/,
    );
  });

  it('is a transcript made for it when that is asked for', async () => {
    const { run, provider } = setUp({ hasTranscript: false });
    expect((await run({ source: 'transcript' })).way).toBe('transcript');
    expect(provider.transcriptions).toHaveLength(1);
  });

  it('is read by a neighbour of a model that answers only where it can listen', async () => {
    const { asked, way } = await setUp({ needsAudio: true }).run({ source: 'cheapest' });
    expect([way, asked?.model]).toEqual(['transcript', 'eye']);
  });

  it('stays the sound when the user named such a model, unless a transcript is asked for', async () => {
    const model = { ours: { provider: 'fake', model: 'ear' } };
    expect((await setUp({ needsAudio: true }).run({ model, source: 'cheapest' })).way).toBe('audio');
    const { way, asked } = await setUp({ needsAudio: true }).run({ model, source: 'transcript' });
    expect([way, asked?.model]).toEqual(['transcript', 'eye']);
  });

  it('is nobody’s business where nobody asks for it, as in commands', async () => {
    const { way, notices } = await setUp().run({});
    expect([way, notices]).toEqual(['audio', '']);
  });
});
