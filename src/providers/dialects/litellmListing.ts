import type { Capabilities } from '../../core/model.js';
import type { ListedModel } from '../modelRows.js';
import { booleanAt, dayAt, scaled, textsAt } from './listedRow.js';
import { known, listAt, numberAt, recordAt, stringAt } from './wire.js';

/** LiteLLM's word for what an endpoint does; other modes (embedding, image generation and so on) are of no use here. */
const modes: Readonly<Record<string, Partial<Capabilities>>> = {
  chat: { chat: true },
  responses: { chat: true },
  completion: { chat: true },
  audio_transcription: { chat: false, transcription: true },
  audio_speech: { chat: false, speech: true },
};
const useless: Partial<Capabilities> = { chat: false, transcription: false, speech: false };

/**
 * No single field tells which models hear: of the rows of those that do, a third lacks the flag. Whatever says yes counts;
 * nothing says no, so that the table of families has the last word.
 */
function hears(info: unknown): true | undefined {
  const says =
    booleanAt(info, 'supports_audio_input') === true ||
    textsAt(info, 'supported_modalities')?.includes('audio') === true ||
    numberAt(info, 'input_cost_per_audio_token') !== undefined;
  return says ? true : undefined;
}

function speaks(info: unknown): true | undefined {
  const says =
    booleanAt(info, 'supports_audio_output') === true &&
    textsAt(info, 'supported_output_modalities')?.includes('audio') !== false;
  return says ? true : undefined;
}

function decodeInfo(info: unknown): Partial<Capabilities> {
  const mode = stringAt(info, 'mode');
  const isChat = mode === undefined || modes[mode]?.chat === true;
  const prices = known({
    inputTextPerMillion: scaled(numberAt(info, 'input_cost_per_token'), 1e6),
    outputTextPerMillion: scaled(numberAt(info, 'output_cost_per_token'), 1e6),
    inputAudioPerMillion: scaled(numberAt(info, 'input_cost_per_audio_token'), 1e6),
    outputAudioPerMillion: scaled(numberAt(info, 'output_cost_per_audio_token'), 1e6),
    perAudioMinute: scaled(numberAt(info, 'input_cost_per_second'), 60),
    perMillionCharacters: scaled(numberAt(info, 'input_cost_per_character'), 1e6),
  });
  return known({
    ...(mode === undefined ? {} : (modes[mode] ?? useless)),
    ...(isChat ? { audioInput: hears(info), audioOutput: speaks(info) } : {}),
    tools: booleanAt(info, 'supports_function_calling'),
    structuredOutput: booleanAt(info, 'supports_response_schema'),
    images: booleanAt(info, 'supports_vision'),
    maxContextTokens: numberAt(info, 'max_input_tokens'),
    maxOutputTokens: numberAt(info, 'max_output_tokens'),
    endDate: dayAt(info, 'deprecation_date'),
    prices: Object.keys(prices).length === 0 ? undefined : prices,
  });
}

/** Several deployments may stand behind one name: what one of them can, the name can. */
function join(before: ListedModel | undefined, next: ListedModel): ListedModel {
  if (before === undefined) return next;
  const able = Object.entries(before.capabilities).filter(([, value]) => value === true);
  const like = before.like ?? next.like;
  return {
    capabilities: { ...before.capabilities, ...next.capabilities, ...Object.fromEntries(able) },
    ...(like === undefined ? {} : { like }),
  };
}

/**
 * @param info `GET /model/info`, which not every key may read.
 * @param groups `GET /model_group/info`, which has no word about hearing.
 */
export function decodeLitellmRows(info: unknown, groups: unknown): ReadonlyMap<string, ListedModel> {
  const rows = new Map<string, ListedModel>();
  for (const group of listAt(groups, 'data') ?? []) {
    const name = stringAt(group, 'model_group');
    if (name !== undefined) rows.set(name, { capabilities: decodeInfo(group) });
  }
  const detailed = new Map<string, ListedModel>();
  for (const row of listAt(info, 'data') ?? []) {
    const name = stringAt(row, 'model_name');
    if (name === undefined) continue;
    const details = recordAt(row, 'model_info');
    const like = stringAt(recordAt(row, 'litellm_params'), 'model') ?? stringAt(details, 'base_model');
    const listed = { capabilities: decodeInfo(details), ...(like === undefined ? {} : { like }) };
    detailed.set(name, join(detailed.get(name), listed));
  }
  for (const [name, { capabilities, like }] of detailed) {
    const merged = { capabilities: { ...rows.get(name)?.capabilities, ...capabilities } };
    rows.set(name, like === undefined ? merged : { ...merged, like });
  }
  return rows;
}
