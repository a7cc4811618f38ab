import { describe, expect, it } from 'vitest';
import { cancelled, EarshotError } from '../../../src/core/errors.js';
import {
  transcribeClip,
  type TranscribeOptions,
  type TranscribeProgress,
} from '../../../src/workflows/transcribeClip.js';
import { aClip, aModel, FakeEngine, FakeProvider, thrownBy } from '../../support/fakes.js';

function setUp(capabilities = {}) {
  const model = aModel('fake', 'listener', { transcription: true, inputFormats: ['mp3', 'wav'], ...capabilities });
  const provider = new FakeProvider('fake', [model]);
  const engine = new FakeEngine();
  const now = (): Date => new Date('2026-11-20T10:00:00.500Z');
  const ports = { engine, now, permit: () => Promise.resolve() };
  const run = (
    signal = new AbortController().signal,
    onProgress?: (progress: TranscribeProgress) => void,
    changed: Partial<TranscribeOptions> = {},
  ) =>
    transcribeClip(
      aClip(),
      { chosen: { provider, model }, language: 'en', glossary: ['Earshot'], ...changed },
      ports,
      signal,
      onProgress,
    );
  return { provider, engine, run };
}

const segment = (startSeconds: number, endSeconds: number, text: string) =>
  ({ type: 'segment', segment: { startSeconds, endSeconds, text } }) as const;

describe('transcribing a clip', () => {
  it('asks the engine for what the model’s row takes', async () => {
    const { engine, provider, run } = setUp({ maxInputBytes: 1000, maxInputSeconds: 60 });
    provider.transcriptionScripts = [[segment(0, 1, 'hello')]];
    await run();
    expect(engine.prepared).toEqual([{ formats: ['mp3', 'wav'], maxBytes: 1000, maxSeconds: 60 }]);
    expect(provider.transcriptions[0]).toMatchObject({
      model: 'listener',
      language: 'en',
      glossary: ['Earshot'],
      audio: { fileName: 'interview.wav', format: 'wav', durationSeconds: 20 },
    });
  });

  it('makes parts of a handy size of what is too large for one request, and no parts of what is not', async () => {
    const { engine, provider, run } = setUp({ maxInputBytes: 25_000_000 });
    for (const byteLength of [25_000_000, 25_000_001]) {
      engine.probed = { ...engine.probed, byteLength };
      provider.transcriptionScripts = [[segment(0, 1, 'hello')]];
      await run();
    }
    expect(engine.prepared.map(({ maxBytes }) => maxBytes)).toEqual([25_000_000, 8_000_000]);
  });

  it('keeps times on the recording’s clock when it goes in pieces', async () => {
    const { engine, provider, run } = setUp();
    engine.pieces = [
      { bytes: new Uint8Array([1]), format: 'wav', startSeconds: 0, endSeconds: 10.5 },
      { bytes: new Uint8Array([2]), format: 'wav', startSeconds: 10.5, endSeconds: 20 },
    ];
    const words = [{ text: 'two', startSeconds: 1, endSeconds: 2 }];
    provider.transcriptionScripts = [
      [segment(1, 2, 'one')],
      [{ type: 'segment', segment: { startSeconds: 1, endSeconds: 2, text: 'two', words } }],
    ];
    const { transcript } = await run();
    expect(transcript.segments).toEqual([
      { startSeconds: 1, endSeconds: 2, text: 'one' },
      {
        startSeconds: 11.5,
        endSeconds: 12.5,
        text: 'two',
        words: [{ text: 'two', startSeconds: 11.5, endSeconds: 12.5 }],
      },
    ]);
  });

  it('lets text without times rest on its piece as a whole', async () => {
    const { provider, run } = setUp();
    provider.transcriptionScripts = [
      [
        { type: 'text', text: ' all ' },
        { type: 'text', text: 'of it ' },
      ],
    ];
    const { transcript } = await run();
    expect(transcript.segments).toEqual([
      { startSeconds: 0, endSeconds: 20, text: 'all of it', hasEstimatedTimes: true },
    ]);
    expect(transcript.provenance.estimatedTimes).toBe('all');
  });

  it('sets text without times to where somebody speaks', async () => {
    const { engine, provider, run } = setUp();
    engine.speech = [
      { startSeconds: 1, endSeconds: 3 },
      { startSeconds: 9, endSeconds: 11 },
    ];
    provider.transcriptionScripts = [[{ type: 'text', text: 'Good morning to you. Shall we begin now?' }]];
    const { transcript } = await run();
    expect(transcript.segments).toEqual([
      { startSeconds: 1, endSeconds: 3, text: 'Good morning to you.', hasEstimatedTimes: true },
      { startSeconds: 9, endSeconds: 11, text: 'Shall we begin now?', hasEstimatedTimes: true },
    ]);
  });

  it('keeps nothing of what was taken back', async () => {
    const { provider, run } = setUp();
    provider.transcriptionScripts = [[segment(0, 9, 'wrong'), { type: 'restart' }, segment(0, 2, 'right')]];
    const { transcript } = await run();
    expect(transcript.segments).toEqual([{ startSeconds: 0, endSeconds: 2, text: 'right' }]);
    expect(transcript.provenance.estimatedTimes).toBeUndefined();
  });

  it('writes down where the words come from', async () => {
    const { provider, run } = setUp();
    provider.transcriptionScripts = [[segment(0, 1, 'x'), { type: 'usage', usage: { audioSeconds: 20 } }]];
    const { transcript } = await run();
    expect(transcript.provenance).toEqual({
      sourceName: 'interview.wav',
      sourceSha256: 'cd'.repeat(32),
      durationSeconds: 20,
      model: 'fake:listener',
      createdAt: '2026-11-20T10:00:00Z',
      language: 'en',
      usage: { audioSeconds: 20 },
    });
  });

  it.each([
    ['a failure', new EarshotError('unreachable', 'The server went away.'), 'unreachable'],
    ['a cancellation', cancelled(), 'cancelled'],
  ])('keeps what was heard before %s, and says how far it reaches', async (_what, error, reason) => {
    const { provider, run } = setUp();
    provider.transcriptionScripts = [[segment(0, 4, 'heard'), error]];
    const outcome = await run();
    expect(outcome.stoppedBy?.reason).toBe(reason);
    expect(outcome.transcript.segments).toHaveLength(1);
    expect(outcome.transcript.provenance.completeUntilSeconds).toBe(4);
  });

  it('keeps text without times that had streamed in before the stream broke', async () => {
    const { provider, run } = setUp();
    provider.transcriptionScripts = [
      [
        { type: 'text', text: 'we ship ' },
        { type: 'text', text: 'on' },
        new EarshotError('answer-cut-off', 'It broke off.'),
      ],
    ];
    const { transcript, stoppedBy } = await run();
    expect(stoppedBy?.reason).toBe('answer-cut-off');
    expect(transcript.segments.map(({ text }) => text)).toEqual(['we ship on']);
    expect(transcript.provenance.completeUntilSeconds).toBe(0);
  });

  it('fails with the reason when nothing was heard before it stopped', async () => {
    const { provider, run } = setUp();
    provider.transcriptionScripts = [[new EarshotError('invalid-key', 'The key was refused.')]];
    expect(await thrownBy(run())).toMatchObject({ reason: 'invalid-key' });
  });

  it('says so when there is no speech', async () => {
    const { provider, run } = setUp();
    provider.transcriptionScripts = [[{ type: 'text', text: '  ' }]];
    const error = await thrownBy(run());
    expect(error).toMatchObject({ reason: 'no-speech' });
    expect(String(error)).toMatch(/interview\.wav/);
  });

  it('reports progress that never goes back', async () => {
    const { provider, run } = setUp();
    provider.transcriptionScripts = [[segment(0, 5, 'a'), segment(4, 4.5, 'b'), segment(5, 9, 'c')]];
    const seen: number[] = [];
    await run(undefined, ({ completeUntilSeconds }) => seen.push(completeUntilSeconds));
    expect(seen).toEqual([...seen].sort((left, right) => left - right));
    expect(seen.at(-1)).toBe(20);
  });

  it('sends nothing of a silent recording, and says so', async () => {
    const { engine, provider, run } = setUp();
    engine.silent = ['interview.wav'];
    expect(await thrownBy(run())).toMatchObject({
      reason: 'clip-silent',
      message:
        'interview.wav is silent, or nearly so: there is nothing to listen to, and nothing was sent. Check the recording, or send it anyway.',
    });
    expect(provider.transcriptions).toHaveLength(0);
    expect(engine.prepared).toHaveLength(0);
  });

  it('sends a silent recording when the user wants it sent', async () => {
    const { engine, provider, run } = setUp();
    engine.silent = ['interview.wav'];
    provider.transcriptionScripts = [[segment(0, 1, 'you')]];
    const { transcript } = await run(undefined, undefined, { sendSilent: true });
    expect(transcript.segments).toHaveLength(1);
  });

  it('tells how the recording reaches the model before the first piece is sent', async () => {
    const { engine, provider, run } = setUp();
    engine.planned = { way: 're-pack', format: 'mp3', reason: 'cut without being converted', partCount: 2 };
    provider.transcriptionScripts = [[segment(0, 1, 'x')]];
    const seen: [number, string | undefined][] = [];
    await run(undefined, ({ delivery }) => seen.push([provider.transcriptions.length, delivery]));
    expect(seen[0]).toEqual([0, 'cut without being converted']);
  });

  it('marks the transcript of a recording that could be read in part only, and says where it ends', async () => {
    const { engine, provider, run } = setUp();
    engine.pieces = [
      {
        bytes: new Uint8Array([1]),
        format: 'wav',
        startSeconds: 0,
        endSeconds: 723.4,
        problems: [
          { atSeconds: 12, message: 'A damaged packet was left out.', isEnd: false },
          { atSeconds: 723.4, message: 'The sound ends here.', isEnd: true },
        ],
      },
    ];
    provider.transcriptionScripts = [[segment(0, 700, 'heard')]];
    const { transcript, stoppedBy, warnings } = await run();
    expect(stoppedBy).toBeUndefined();
    expect(transcript.provenance.completeUntilSeconds).toBe(723.4);
    expect(warnings).toEqual([
      'interview.wav is damaged at 0:12: A damaged packet was left out.',
      'interview.wav is partly read: it reaches to 12:03. The sound ends here. Copy or download the recording again to get the rest.',
    ]);
  });

  it('marks the transcript of a file that ends too early, also when it is sent as it is', async () => {
    const { engine, provider, run } = setUp();
    engine.probed = { ...engine.probed, isTruncated: true };
    provider.transcriptionScripts = [[segment(0, 15, 'heard')]];
    const { transcript, warnings } = await run();
    expect(transcript.provenance.completeUntilSeconds).toBe(20);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/reaches to 0:20\. The file ends before the sound that it promises/);
  });

  it('notices when the pieces of a file that was only cut end before it does', async () => {
    const { engine, provider, run } = setUp();
    engine.probed = { ...engine.probed, container: 'mp4', codec: 'aac', durationSeconds: 60 };
    provider.transcriptionScripts = [[segment(0, 15, 'heard')]];
    const { transcript, warnings } = await run();
    expect(transcript.provenance.completeUntilSeconds).toBe(20);
    expect(warnings[0]).toMatch(/reaches to 0:20\. The file says that it plays to 1:00, but its sound ends here/);
    engine.probed = { ...engine.probed, durationIsEstimate: true };
    provider.transcriptionScripts = [[segment(0, 15, 'heard')]];
    expect((await run()).warnings).toEqual([]);
  });
});
