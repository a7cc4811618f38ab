import { describe, expect, it } from 'vitest';
import { EarshotError } from '../../../src/core/errors.js';
import { checkProviders, type SpokenProbe } from '../../../src/workflows/checkProviders.js';
import { providerReport } from '../../../src/workflows/providerReport.js';
import { aModel, FakeEngine, FakeProvider } from '../../support/fakes.js';

const now = new Date('2026-11-21T12:00:00Z');
const ports = { engine: new FakeEngine(), now: () => now, permit: () => Promise.resolve() };
const probe: SpokenProbe = {
  source: { kind: 'bytes', name: 'one-two-three.mp3', bytes: new Uint8Array(1) },
  words: [
    ['one', '1'],
    ['two', '2'],
    ['three', '3'],
  ],
};
const signal = new AbortController().signal;

function aProvider(name = 'ears'): FakeProvider {
  return new FakeProvider(name, [
    aModel(name, 'chat', { chat: true, audioInput: true, endDate: '2026-12-24' }),
    aModel(name, 'scribe', { transcription: true, transcriptTimes: 'words', endDate: '2028-01-01' }),
  ]);
}

describe('Check Providers', () => {
  it('says who is ready, what their models can do and which of them end soon', async () => {
    const checks = await checkProviders([aProvider()], undefined, ports, signal);
    const page = providerReport(checks, ['ears'], () => undefined, now);
    expect(page).toContain('Ready: ears.');
    expect(page).toContain('- `ears:chat`: hears audio — ⚠ ends 2026-12-24');
    expect(page).toContain('- `ears:scribe`: transcribes with word times — ends 2028-01-01');
    expect(page).toContain('Let the models listen');
  });

  it('says what is in the way of the others, and what went wrong last', async () => {
    const broken = aProvider('broken');
    broken.state = { state: 'missing-key', detail: 'No API key is set for https://broken.example.' };
    const checks = await checkProviders([broken, aProvider()], undefined, ports, signal);
    const failure = { at: new Date('2026-11-21T11:58:00Z'), message: 'It said "no" | <b>' };
    const page = providerReport(checks, [], (name) => (name === 'broken' ? failure : undefined), now);
    expect(page.indexOf('## ears')).toBeLessThan(page.indexOf('## broken: needs a key'));
    expect(page).toContain('> No API key is set for https://broken.example.');
    expect(page).toContain('Last error, 2026-11-21 11:58 UTC: It said "no" \\| \\<b\\>');
  });

  it('lets one model of each kind listen, and tells hearing from guessing', async () => {
    const good = aProvider('good');
    good.transcriptionScripts = [
      [
        { type: 'text', text: 'One two' },
        { type: 'text', text: ' 3.' },
      ],
    ];
    good.answerScripts = [[{ type: 'text', text: 'I am sorry, I cannot hear audio.' }]];
    const [check] = await checkProviders([good], probe, ports, signal);
    expect(check?.heard).toMatchObject([
      { ability: 'transcription', said: 'One two 3.', understood: true },
      { ability: 'audioInput', understood: false },
    ]);
    const page = providerReport(check === undefined ? [] : [check], [], () => undefined, now);
    expect(page).toContain('- ✓ `good:scribe` transcribed');
    expect(page).toContain('- ⚠ `good:chat` was asked about');
  });

  it('goes on with the others when one fails', async () => {
    const bad = aProvider('bad');
    bad.transcriptionScripts = [[new EarshotError('overloaded', 'bad is overloaded. Wait a little.')]];
    bad.answerScripts = [[{ type: 'text', text: 'one, two, three' }]];
    const [check] = await checkProviders([bad], probe, ports, signal);
    expect(check?.heard.map(({ understood, error }) => [understood, error?.reason])).toEqual([
      [false, 'overloaded'],
      [true, undefined],
    ]);
  });
});
