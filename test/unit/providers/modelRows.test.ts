import { describe, expect, it } from 'vitest';
import { isAlive, modelFacts, type ModelRow } from '../../../src/providers/modelRows.js';
import { openaiVendor } from '../../../src/providers/vendors/openai.js';
import { openaiCompatibleVendor } from '../../../src/providers/vendors/openaiCompatible.js';

const rows: readonly ModelRow[] = [
  { match: /^big/, capabilities: { audioInput: true, maxInputBytes: 1 } },
  { match: 'big-one', label: 'The Big One', capabilities: { maxInputBytes: 2 } },
];

describe('modelFacts', () => {
  it('believes the user, then the server, then the exact row, then the family', () => {
    const bytes = (knowledge: Partial<Parameters<typeof modelFacts>[1]>, id = 'big-one'): number | undefined =>
      modelFacts(id, { rows, ...knowledge }).capabilities.maxInputBytes;
    expect(bytes({ live: { capabilities: { maxInputBytes: 3 } }, override: { maxInputBytes: 4 } })).toBe(4);
    expect(bytes({ live: { capabilities: { maxInputBytes: 3 } } })).toBe(3);
    expect(bytes({})).toBe(2);
    expect(bytes({}, 'big-two')).toBe(1);
    expect(bytes({}, 'small')).toBeUndefined();
  });

  it('is cautious about what nobody knows', () => {
    expect(modelFacts('small', { rows }).capabilities).toMatchObject({ chat: true, audioInput: false, tools: false });
  });

  it('does not offer to chat with what is said to transcribe or speak', () => {
    expect(modelFacts('x', { rows, override: { transcription: true } }).capabilities.chat).toBe(false);
    expect(modelFacts('x', { rows, override: { speech: true, chat: true } }).capabilities.chat).toBe(true);
  });
});

describe('families of ids', () => {
  const can = (id: string) => modelFacts(id, { rows: openaiCompatibleVendor.rows }).capabilities;

  it.each([
    'gpt-audio-1.5',
    'openai/gpt-audio',
    'gemini/gemini-3.8-flash',
    'mistralai/voxtral-small-24b-2507',
    'qwen3-omni-30b',
    'Qwen2.5-Omni-7B',
    'nvidia/nemotron-3-nano-omni-30b-a3b-reasoning',
    'fixie-ai/ultravox-v0_5',
    'google/gemma-3n-e4b-it',
    'gemma4:e4b',
    'Phi-4-multimodal-instruct',
    'qwen2-audio-7b',
  ])('%s hears', (id) => {
    expect(can(id)).toMatchObject({ chat: true, audioInput: true });
  });

  it.each(['gpt-4o', 'grok-4-1-fast', 'claude-sonnet-5-5', 'llama-3', 'gpt-6-luna'])('%s reads', (id) => {
    expect(can(id)).toMatchObject({ chat: true, audioInput: false, transcription: false });
  });

  it.each([
    'whisper-1',
    'Systran/faster-whisper-large-v3',
    'gpt-4o-transcribe',
    'voxtral-mini-transcribe-2602',
    'nvidia/parakeet-tdt-0.6b-v3',
  ])('%s transcribes', (id) => {
    expect(can(id)).toMatchObject({ chat: false, transcription: true });
  });

  it.each(['tts-1', 'gpt-4o-mini-tts', 'hexgrad/Kokoro-82M', 'gemini-3.8-flash-tts', 'canopylabs/orpheus-3b'])(
    '%s speaks',
    (id) => {
      expect(can(id)).toMatchObject({ chat: false, speech: true, audioInput: false });
    },
  );

  it.each(['text-embedding-3-large', 'omni-moderation-latest', 'gpt-image-2', 'bge-reranker', 'gpt-realtime-2.1'])(
    '%s does none of it',
    (id) => {
      expect(can(id)).toMatchObject({ chat: false, speech: false, transcription: false, audioInput: false });
    },
  );
});

describe('rows of the vendor', () => {
  it('end on their day', () => {
    const { capabilities } = modelFacts('whisper-1', { rows: openaiVendor.rows });
    expect(isAlive(capabilities, new Date('2027-02-25T23:00:00Z'))).toBe(true);
    expect(isAlive(capabilities, new Date('2027-02-26T00:00:00Z'))).toBe(false);
  });

  it('have ids of their own, dates that are dates, and prices above nothing', () => {
    const exact = openaiVendor.rows.filter(({ match }) => typeof match === 'string');
    expect(new Set(exact.map(({ match }) => match)).size).toBe(exact.length);
    for (const { capabilities } of openaiVendor.rows) {
      if (capabilities.endDate !== undefined) expect(capabilities.endDate).toMatch(/^20\d\d-\d\d-\d\d$/);
      for (const price of Object.values(capabilities.prices ?? {})) expect(price).toBeGreaterThan(0);
    }
  });
});

describe('prices that are known to change', () => {
  const rows: readonly ModelRow[] = [
    {
      match: 'm',
      capabilities: { prices: { perAudioMinute: 1 } },
      laterPrices: { from: '2027-01-01', prices: { perAudioMinute: 2 } },
    },
  ];
  it.each([
    ['2026-12-31T23:59:59Z', 1],
    ['2027-01-01T00:00:00Z', 2],
  ])('are at %s those of the day', (day, price) => {
    expect(modelFacts('m', { rows, now: new Date(day) }).capabilities.prices).toEqual({ perAudioMinute: price });
  });

  it('give way to what the user says', () => {
    const override = { prices: { perAudioMinute: 3 } };
    const facts = modelFacts('m', { rows, override, now: new Date('2028-01-01') });
    expect(facts.capabilities.prices).toEqual({ perAudioMinute: 3 });
  });
});
