import { describe, expect, it } from 'vitest';
import type { Capabilities } from '../../../src/core/model.js';
import { chooseAnswerer, chooseTranscriber, surveyProviders } from '../../../src/workflows/chooseModel.js';
import { aModel, FakeProvider, thrownBy } from '../../support/fakes.js';

function provider(name: string, models: Record<string, Partial<Capabilities>>, ready = true): FakeProvider {
  const made = new FakeProvider(
    name,
    Object.entries(models).map(([id, capabilities]) => aModel(name, id, capabilities)),
  );
  if (!ready) made.state = { state: 'missing-key', detail: 'Set an API key for it.' };
  return made;
}

const hearing = { chat: true, audioInput: true };
const reading = { chat: true };
const writing = { transcription: true };

describe('auto', () => {
  it('takes the first provider that is ready, in their order', async () => {
    const states = await surveyProviders([
      provider('first', { a: writing }, false),
      provider('second', { b: writing }),
      provider('third', { c: writing }),
    ]);
    expect((await chooseTranscriber(states, undefined)).model.ref).toEqual({ provider: 'second', model: 'b' });
  });

  it('prefers a model that hears to one that reads', async () => {
    const states = await surveyProviders([
      provider('one', { reader: reading, scribe: writing }),
      provider('two', { ear: hearing }),
    ]);
    expect(await chooseAnswerer(states, undefined, undefined)).toMatchObject({
      way: 'audio',
      chosen: { model: { ref: { provider: 'two', model: 'ear' } } },
    });
  });

  it('lets a reader read what a recogniser wrote when nobody hears', async () => {
    const states = await surveyProviders([provider('one', { reader: reading }), provider('two', { scribe: writing })]);
    expect(await chooseAnswerer(states, undefined, undefined)).toMatchObject({
      way: 'transcript',
      chosen: { model: { ref: { model: 'reader' } } },
      transcriber: { model: { ref: { model: 'scribe' } } },
    });
  });

  it('is content with a transcript when nobody answers, and says when there is nobody at all', async () => {
    const scribe = await surveyProviders([provider('two', { scribe: writing })]);
    expect((await chooseAnswerer(scribe, undefined, undefined)).way).toBe('transcript-only');
    const nobody = await surveyProviders([provider('two', { scribe: writing }, false)]);
    expect((await chooseAnswerer(nobody, undefined, undefined)).way).toBe('nobody');
    expect(await thrownBy(chooseTranscriber(nobody, undefined))).toMatchObject({
      reason: 'no-model',
      detail: 'two: Set an API key for it.',
    });
  });
});

describe('a named model', () => {
  const states = surveyProviders([
    provider('one', { reader: reading, ear: hearing, scribe: writing }),
    provider('locked', { scribe: writing }, false),
  ]);

  it('is used although others come first', async () => {
    expect(await chooseAnswerer(await states, { provider: 'one', model: 'reader' }, undefined)).toMatchObject({
      way: 'transcript',
      chosen: { model: { ref: { model: 'reader' } } },
    });
  });

  it('is refused before anything is sent when it cannot do it, naming those that can', async () => {
    const error = await thrownBy(chooseTranscriber(await states, { provider: 'one', model: 'ear' }));
    expect(error).toMatchObject({ reason: 'model-lacks-capability' });
    expect(String(error)).toMatch(/one:ear.*transcribe.*one:scribe/);
  });

  it('of a provider that is not ready gives that provider’s reason', async () => {
    const error = await thrownBy(chooseTranscriber(await states, { provider: 'locked', model: 'scribe' }));
    expect(error).toMatchObject({ reason: 'missing-key', provider: 'locked' });
    expect(String(error)).toMatch(/Set an API key for it/);
  });

  it('of an unknown provider names the known ones', async () => {
    const error = await thrownBy(chooseTranscriber(await states, { provider: 'nowhere', model: 'x' }));
    expect(error).toMatchObject({ reason: 'invalid-settings' });
    expect(String(error)).toMatch(/nowhere.*one, locked/);
  });
});
