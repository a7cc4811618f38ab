import type { Capabilities } from '../../core/model.js';
import type { Prices } from '../../core/usage.js';
import type { ListedModel } from '../modelRows.js';
import { known, listAt, numberAt, recordAt, stringAt } from './wire.js';

/*
 * What a row of `GET /models` says beyond the id. Each server adds its own: OpenAI the day a model ends, OpenRouter what goes in
 * and comes out and what it costs, Mistral what a model can do, vLLM and Groq how much it reads. Fields do not clash, so
 * that one reader knows them all.
 */

export function booleanAt(value: unknown, key: string): boolean | undefined {
  const found = recordAt({ value }, 'value')?.[key];
  return typeof found === 'boolean' ? found : undefined;
}

export function textsAt(value: unknown, key: string): readonly string[] | undefined {
  return listAt(value, key)?.filter((item) => typeof item === 'string');
}

export function dayAt(value: unknown, key: string): string | undefined {
  return /^\d{4}-\d{2}-\d{2}/.exec(stringAt(value, key) ?? '')?.[0];
}

/** Dollars per unit to dollars per so many, without the dust of floating point; negative prices stand for "it depends". */
export function scaled(price: number | undefined, factor: number): number | undefined {
  return price === undefined || price < 0 ? undefined : Number((price * factor).toPrecision(10));
}

/** Above this many times the price of text, a price of audio is for another unit than the token: seconds, or minutes. */
const mostAudioToText = 50;

function openrouterPrices(row: unknown): Prices | undefined {
  const pricing = recordAt(row, 'pricing');
  if (pricing === undefined) return undefined;
  const prompt = numberAt(pricing, 'prompt');
  const perToken = (key: string): number | undefined => {
    const price = numberAt(pricing, key);
    const isToken = price !== undefined && (price === 0 || price <= mostAudioToText * (prompt ?? 0));
    return isToken ? price : undefined;
  };
  const prices: Prices = known({
    inputTextPerMillion: scaled(prompt, 1e6),
    outputTextPerMillion: scaled(numberAt(pricing, 'completion'), 1e6),
    inputAudioPerMillion: scaled(perToken('audio'), 1e6),
    outputAudioPerMillion: scaled(perToken('audio_output'), 1e6),
  });
  return Object.keys(prices).length === 0 ? undefined : prices;
}

function openrouterAbilities(row: unknown): Partial<Capabilities> {
  const architecture = recordAt(row, 'architecture');
  const takes = textsAt(architecture, 'input_modalities');
  const gives = textsAt(architecture, 'output_modalities');
  if (takes === undefined || gives === undefined) return {};
  const parameters = textsAt(row, 'supported_parameters');
  const speaks = gives.includes('audio');
  return known({
    chat: gives.includes('text') || speaks,
    audioInput: takes.includes('audio') && (gives.includes('text') || speaks),
    audioOutput: speaks,
    transcription: gives.includes('transcription'),
    speech: gives.includes('speech'),
    images: takes.includes('image'),
    tools: parameters?.includes('tools'),
    // It is claimed for models that speak as well, and their vendor says that they do not do it.
    structuredOutput: parameters === undefined ? undefined : !speaks && parameters.includes('structured_outputs'),
    prices: openrouterPrices(row),
  });
}

function mistralAbilities(row: unknown): Partial<Capabilities> {
  const can = recordAt(row, 'capabilities');
  const chat = booleanAt(can, 'completion_chat');
  if (chat === undefined) return {};
  return known({
    chat,
    audioInput: booleanAt(can, 'audio'),
    transcription: booleanAt(can, 'audio_transcription'),
    speech: booleanAt(can, 'audio_speech'),
    images: booleanAt(can, 'vision'),
    tools: booleanAt(can, 'function_calling'),
  });
}

export function decodeListedRow(row: unknown): ListedModel {
  const capabilities: Partial<Capabilities> = known({
    endDate: dayAt(row, 'shutdown_date') ?? dayAt(row, 'deprecation') ?? dayAt(row, 'expiration_date'),
    maxContextTokens:
      numberAt(row, 'max_model_len') ??
      numberAt(row, 'context_length') ??
      numberAt(row, 'max_context_length') ??
      numberAt(row, 'context_window'),
    maxOutputTokens:
      numberAt(row, 'max_completion_tokens') ?? numberAt(recordAt(row, 'top_provider'), 'max_completion_tokens'),
    ...openrouterAbilities(row),
    ...mistralAbilities(row),
  });
  return { capabilities };
}
