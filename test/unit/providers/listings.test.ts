import { describe, expect, it } from 'vitest';
import { decodeListing, listings } from '../../../src/providers/dialects/listings.js';
import { modelFacts } from '../../../src/providers/modelRows.js';
import { compatibleVendors } from '../../../src/providers/vendors/openaiCompatible.js';

const ids = (...names: string[]) => ({ data: names.map((id) => ({ id })) });

describe('the list of OpenRouter', () => {
  const row = (id: string, more: object) => ({ id, context_length: 1000, ...more });

  it('says what goes in and comes out, and what it costs', () => {
    const rows = decodeListing({
      data: [
        row('a', {
          architecture: { input_modalities: ['text', 'audio', 'image'], output_modalities: ['text', 'audio'] },
          pricing: { prompt: '0.0000025', completion: '0.00001', audio: '0.000032', audio_output: '0.000064' },
          supported_parameters: ['tools', 'structured_outputs'],
          top_provider: { max_completion_tokens: 77 },
          expiration_date: '2027-03-01',
        }),
      ],
    });
    expect(rows.get('a')?.capabilities).toEqual({
      chat: true,
      audioInput: true,
      audioOutput: true,
      images: true,
      tools: true,
      // Claimed, and not so with models that speak.
      structuredOutput: false,
      transcription: false,
      speech: false,
      maxContextTokens: 1000,
      maxOutputTokens: 77,
      endDate: '2027-03-01',
      prices: {
        inputTextPerMillion: 2.5,
        outputTextPerMillion: 10,
        inputAudioPerMillion: 32,
        outputAudioPerMillion: 64,
      },
    });
  });

  it('is not believed where the price of audio is for another unit, or depends', () => {
    const architecture = { input_modalities: ['audio'], output_modalities: ['text'] };
    const rows = decodeListing({
      data: [
        row('voxtral', { architecture, pricing: { prompt: '0.0000001', completion: '0.0000003', audio: '0.0001' } }),
        row('auto', { architecture, pricing: { prompt: '-1', completion: '-1' } }),
        row('free', { architecture, pricing: { prompt: '0', completion: '0', audio: '0' } }),
      ],
    });
    expect(rows.get('voxtral')?.capabilities.prices).toEqual({ inputTextPerMillion: 0.1, outputTextPerMillion: 0.3 });
    expect(rows.get('auto')?.capabilities.prices).toBeUndefined();
    expect(rows.get('free')?.capabilities.prices).toEqual({
      inputTextPerMillion: 0,
      outputTextPerMillion: 0,
      inputAudioPerMillion: 0,
    });
  });

  it('is put together from three, of which two may be missing', () => {
    const stt = {
      data: [row('w', { architecture: { input_modalities: ['audio'], output_modalities: ['transcription'] } })],
    };
    const rows = listings.openrouter.decode(ids('a'), [stt, undefined]);
    expect([...rows.keys()]).toEqual(['a', 'w']);
    expect(rows.get('w')?.capabilities).toMatchObject({ chat: false, audioInput: false, transcription: true });
  });
});

describe('the list of LiteLLM', () => {
  const info = (name: string, model: string, details: object) => ({
    model_name: name,
    litellm_params: { model },
    model_info: { mode: 'chat', ...details },
  });
  const { rows: table, falselyHearing } = compatibleVendors['litellm'] ?? { rows: [] };
  const can = (name: string, details: object, model = 'some/model') => {
    const listed = listings.litellm.decode(ids(name), [{ data: [info(name, model, details)] }, undefined]).get(name);
    return modelFacts(name, {
      rows: table,
      ...(listed === undefined ? {} : { live: listed }),
      ...(falselyHearing === undefined ? {} : { falselyHearing }),
    }).capabilities;
  };

  it.each([
    ['the flag', { supports_audio_input: true }, 'some/model', true],
    ['the modalities', { supported_modalities: ['text', 'audio'] }, 'some/model', true],
    ['the price of audio', { input_cost_per_audio_token: 1e-6 }, 'some/model', true],
    ['the model behind the name', { supports_audio_input: null }, 'gemini/gemini-3.8-flash', true],
    ['nothing', { supports_audio_input: null }, 'openai/gpt-6-luna', false],
    ['a flag that is known to be wrong', { supports_audio_input: true }, 'xai/grok-4-1-fast', false],
    ['another flag that is known to be wrong', { supports_audio_input: true }, 'replicate/openai/gpt-4o', false],
    ['a flag of a model with a like name', { supports_audio_input: true }, 'openai/gpt-4o-audio-preview', true],
  ])('tells by %s whether a model hears', (_, details, model, hears) => {
    expect(can('ours', details, model).audioInput).toBe(hears);
  });

  it('gives prices and limits, and knows transcribers and speakers by their mode', () => {
    expect(can('w', { mode: 'audio_transcription', input_cost_per_second: 0.0001 }, 'whisper-1')).toMatchObject({
      chat: false,
      transcription: true,
      transcriptTimes: 'segments',
      prices: { perAudioMinute: 0.006 },
    });
    expect(can('t', { mode: 'audio_speech', input_cost_per_character: 0.000015 }, 'tts-1')).toMatchObject({
      speech: true,
      prices: { perMillionCharacters: 15 },
    });
    expect(can('e', { mode: 'embedding' })).toMatchObject({ chat: false, transcription: false, speech: false });
  });

  it('is read without the details that a key may not see, and shows only what the key may use', () => {
    const groups = { data: [{ model_group: 'a', mode: 'chat', supports_vision: true, max_input_tokens: 9 }] };
    const rows = listings.litellm.decode(ids('a', 'b'), [undefined, groups]);
    expect([...rows.keys()]).toEqual(['a', 'b']);
    expect(rows.get('a')?.capabilities).toMatchObject({ chat: true, images: true, maxContextTokens: 9 });
    expect(listings.litellm.decode(ids('b'), [undefined, groups]).has('a')).toBe(false);
  });

  it('joins what several deployments behind one name can', () => {
    const two = {
      data: [info('a', 'x/1', { supports_audio_input: true }), info('a', 'x/2', { supports_vision: true })],
    };
    expect(listings.litellm.decode(ids('a'), [two, undefined]).get('a')?.capabilities).toMatchObject({
      audioInput: true,
      images: true,
    });
  });
});

describe('the list of llama.cpp', () => {
  const props = { modalities: { audio: true, vision: false }, default_generation_settings: { n_ctx: 4096 } };

  it('says of its one model what the server loaded with it', () => {
    const rows = listings.llamacpp.decode(ids('a.gguf'), [props]);
    expect(rows.get('a.gguf')?.capabilities).toEqual({ audioInput: true, images: false, maxContextTokens: 4096 });
    expect(listings.llamacpp.decode(ids('a'), [undefined]).get('a')?.capabilities).toEqual({});
    expect(listings.llamacpp.decode(ids('a', 'b'), [props]).get('a')?.capabilities).toEqual({});
  });
});

describe('the list of Mistral', () => {
  it('says what a model can do and when it ends', () => {
    const capabilities = {
      completion_chat: true,
      audio: true,
      audio_transcription: false,
      function_calling: true,
      vision: false,
    };
    const data = [{ id: 'v', capabilities, max_context_length: 32_768, deprecation: '2027-05-01T00:00:00Z' }];
    expect(decodeListing({ data }).get('v')?.capabilities).toEqual({
      chat: true,
      audioInput: true,
      transcription: false,
      tools: true,
      images: false,
      maxContextTokens: 32_768,
      endDate: '2027-05-01',
    });
  });
});
