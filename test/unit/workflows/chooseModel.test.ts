import { describe, expect, it } from 'vitest';
import type { Capabilities, ModelRef } from '../../../src/core/model.js';
import {
  chooseAnswerer as chooseFor,
  chooseTranscriber,
  surveyProviders,
  transcriptionModels,
  type ProviderState,
} from '../../../src/workflows/chooseModel.js';
import { EarshotError } from '../../../src/core/errors.js';
import { aModel, FakeProvider, thrownBy } from '../../support/fakes.js';

function provider(name: string, models: Record<string, Partial<Capabilities>>, ready = true): FakeProvider {
  const made = new FakeProvider(
    name,
    Object.entries(models).map(([id, capabilities]) => aModel(name, id, capabilities)),
  );
  if (!ready) made.state = { state: 'missing-key', detail: 'Set an API key for it.' };
  return made;
}

const chooseAnswerer = (
  states: readonly ProviderState[],
  ref: ModelRef | undefined,
  transcription: ModelRef | undefined,
) => chooseFor(states, ref, () => chooseTranscriber(states, transcription));

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

  it('has a model that hears write a transcript only where none is made for it', async () => {
    const ear = provider('one', { reader: reading, ear: hearing });
    const scribe = provider('two', { scribe: writing });
    const both = await surveyProviders([ear, scribe]);
    expect((await chooseTranscriber(both, undefined)).model.ref.model).toBe('scribe');
    expect((await chooseTranscriber(await surveyProviders([ear]), undefined)).model.ref.model).toBe('ear');
    expect(transcriptionModels(both).map(({ model }) => model.ref.model)).toEqual(['scribe', 'ear']);
    expect((await chooseTranscriber(both, undefined, ear)).model.ref.model).toBe('ear');
    expect((await chooseTranscriber(both, { provider: 'one', model: 'ear' })).model.ref.model).toBe('ear');
  });

  it('does not turn to a model that hears while a server that may transcribe is down', async () => {
    const down = provider('down', {});
    down.readiness = () => Promise.reject(new EarshotError('unreachable', 'It is down.'));
    const states = await surveyProviders([provider('one', { ear: hearing }), down]);
    expect(await thrownBy(chooseTranscriber(states, undefined))).toMatchObject({ reason: 'unreachable' });
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

describe('a server that could not be asked', () => {
  const down = (): FakeProvider => {
    const made = provider('own-server', {});
    made.models = () => Promise.reject(new EarshotError('unreachable', 'Your server cannot be reached.'));
    return made;
  };

  it('is not passed over: its recordings must not go to somebody else', async () => {
    const states = await surveyProviders([down(), provider('cloud', { ear: { ...hearing, ...writing } })]);
    expect(await thrownBy(chooseTranscriber(states, undefined))).toMatchObject({ reason: 'unreachable' });
    expect(await thrownBy(chooseAnswerer(states, undefined, undefined))).toMatchObject({ reason: 'unreachable' });
  });

  it('does not stand in the way of what comes before it, or of what the user named', async () => {
    const states = await surveyProviders([provider('first', { ear: hearing, scribe: writing }), down()]);
    expect((await chooseTranscriber(states, undefined)).provider.name).toBe('first');
    const named = await surveyProviders([down(), provider('cloud', { scribe: writing })]);
    expect((await chooseTranscriber(named, { provider: 'cloud', model: 'scribe' })).provider.name).toBe('cloud');
  });

  it('is passed over when nobody asked for it, and says its reason when it is named', async () => {
    const offered = Object.assign(down(), { isOptional: true });
    const absent = Object.assign(provider('local', {}), { isOptional: true });
    absent.state = { state: 'not-running', detail: 'It is not running at http://127.0.0.1:1.' };
    const states = await surveyProviders([offered, absent, provider('cloud', { ear: { ...hearing, ...writing } })]);
    expect((await chooseTranscriber(states, undefined)).provider.name).toBe('cloud');
    expect(await chooseAnswerer(states, undefined, undefined)).toMatchObject({
      chosen: { provider: { name: 'cloud' } },
    });
    for (const name of ['own-server', 'local']) {
      const error = await thrownBy(chooseTranscriber(states, { provider: name, model: 'x' }));
      expect(error).toMatchObject({ reason: 'unreachable' });
    }
  });

  it('leaves the others alone when even its readiness fails', async () => {
    const broken = provider('broken', {});
    broken.readiness = () => Promise.reject(new Error('the keyring is locked'));
    const states = await surveyProviders([provider('first', { scribe: writing }), broken]);
    expect((await chooseTranscriber(states, undefined)).provider.name).toBe('first');
    expect(states[1]?.readiness.state).toBe('unreachable');
  });
});

describe('a model that hears', () => {
  it('is asked although the setting for transcription is no good', async () => {
    const states = await surveyProviders([provider('one', { ear: hearing })]);
    const answerer = await chooseFor(states, { provider: 'one', model: 'ear' }, () =>
      Promise.reject(new EarshotError('missing-key', 'No key.')),
    );
    expect(answerer.way).toBe('audio');
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
    const error = await thrownBy(chooseTranscriber(await states, { provider: 'one', model: 'reader' }));
    expect(error).toMatchObject({ reason: 'model-lacks-capability' });
    expect(String(error)).toMatch(/one:reader.*transcribe.*one:scribe/);
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
