import { describe, expect, it } from 'vitest';
import type { AnswerStep } from '../../../src/workflows/answerQuestion.js';
import { ask, type AnswerWay, type Asking } from '../../../src/workflows/ask.js';
import { aClip, aModel, FakeEngine, FakeProvider, FakeShelf, thrownBy } from '../../support/fakes.js';

function setUp(capabilities = {}) {
  const model = aModel('fake', 'ear', { chat: true, audioInput: true, inputFormats: ['wav'], ...capabilities });
  const provider = new FakeProvider('fake', [model]);
  provider.answerScripts = [[{ type: 'text', text: 'Friday.' }]];
  const engine = new FakeEngine();
  const states = [{ provider, readiness: { state: 'ready', detail: '' }, models: [model] }] as const;
  const run = async (changed: Partial<Asking> = {}): Promise<{ steps: AnswerStep[]; way: AnswerWay }> => {
    const asking: Asking = {
      prompt: 'When?',
      clips: [aClip()],
      history: [],
      hints: {},
      model: { ours: undefined },
      transcriptionModel: undefined,
      ...changed,
    };
    const ports = { engine, shelf: new FakeShelf(), now: () => new Date(0), permit: () => Promise.resolve() };
    const answer = ask(asking, states, ports, new AbortController().signal);
    const steps: AnswerStep[] = [];
    for (;;) {
      const { value, done } = await answer.next();
      if (done === true) return { steps, way: value };
      steps.push(value);
    }
  };
  return { provider, engine, run };
}

const clips = [aClip('monday.wav'), aClip('tuesday.wav')];

function sentTexts(provider: FakeProvider): unknown[] {
  const blocks = provider.questions[0]?.messages.at(-1)?.content ?? [];
  return blocks.map((block) => (block.type === 'text' ? block.text : block.type));
}

describe('asking about recordings that are silent', () => {
  it('asks nobody when all of them are', async () => {
    const { engine, provider, run } = setUp();
    engine.silent = ['monday.wav', 'tuesday.wav'];
    const error = await thrownBy(run({ clips }));
    expect(error).toMatchObject({ reason: 'clip-silent' });
    expect(String(error)).toMatch(/monday\.wav and tuesday\.wav are silent.*nothing was sent/);
    expect(provider.questions).toHaveLength(0);
  });

  it('leaves out those that are, and says so to the user and to the model', async () => {
    const { engine, provider, run } = setUp();
    engine.silent = ['monday.wav'];
    const { steps } = await run({ clips });
    expect(steps).toContainEqual({ type: 'notice', text: 'monday.wav is silent, or nearly so, and is not sent.' });
    expect(sentTexts(provider)).toEqual([
      'Recording 1: "monday.wav" is silent, so it is not here.',
      'Recording 2: "tuesday.wav"',
      'input_audio',
      'When?',
    ]);
  });

  it('leaves them out of what a model reads as well', async () => {
    const { engine, provider, run } = setUp({ audioInput: false, transcription: true });
    engine.silent = ['tuesday.wav'];
    provider.transcriptionScripts = [[{ type: 'segment', segment: { startSeconds: 0, endSeconds: 1, text: 'hello' } }]];
    const { way } = await run({ clips });
    expect(way).toBe('transcript');
    expect(provider.transcriptions).toHaveLength(1);
    expect(sentTexts(provider)).toContain('Recording 2: "tuesday.wav" is silent, so it is not here.');
  });

  it('sends them when the user wants them sent', async () => {
    const { engine, provider, run } = setUp();
    engine.silent = ['interview.wav'];
    await run({ sendSilent: true });
    expect(sentTexts(provider)).toEqual(['Recording 1: "interview.wav"', 'input_audio', 'When?']);
  });
});

describe('asking about recordings', () => {
  it('tells how each reaches the model', async () => {
    const { engine, run } = setUp();
    engine.planned = { way: 're-pack', format: 'mp3', reason: 'cut without being converted', partCount: 2 };
    const { steps } = await run();
    expect(steps).toContainEqual({ type: 'progress', text: 'interview.wav is cut without being converted…' });
  });

  it('says when one could be read in part only', async () => {
    const { engine, run } = setUp();
    const problems = [{ atSeconds: 12, message: 'The sound ends here.', isEnd: true }];
    engine.pieces = engine.pieces.map((piece) => ({ ...piece, problems }));
    const { steps } = await run();
    expect(steps.find(({ type }) => type === 'notice')).toMatchObject({
      text: expect.stringMatching(/^interview\.wav is partly read: it reaches to 0:12/) as unknown,
    });
  });
});

describe('a model that is about to end', () => {
  // The clock of these tests stands at the beginning of 1970.
  it.each([
    ['hears', {}],
    ['reads', { audioInput: false, transcription: true }],
  ])('is spoken of with the answer, where it %s', async (_way, capabilities) => {
    const { provider, run } = setUp({ ...capabilities, endDate: '1970-01-31' });
    provider.transcriptionScripts = [[{ type: 'segment', segment: { startSeconds: 0, endSeconds: 1, text: 'hello' } }]];
    const { steps } = await run();
    expect(steps.at(-1)).toEqual({
      type: 'notice',
      text: 'ear ends on 1970-01-31, in 30 days. Select another model before it stops answering.',
    });
  });

  it('is not spoken of while that is far away', async () => {
    const { run } = setUp({ endDate: '1970-07-31' });
    expect((await run()).steps.filter(({ type }) => type === 'notice')).toEqual([]);
  });
});
