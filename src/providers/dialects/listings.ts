import type { Capabilities } from '../../core/model.js';
import type { ListedModel } from '../modelRows.js';
import { booleanAt, decodeListedRow } from './listedRow.js';
import { decodeLitellmRows } from './litellmListing.js';
import { Failed, isRecord, known, listAt, numberAt, recordAt, refuseErrorBody, stringAt } from './wire.js';

export type ListedModels = ReadonlyMap<string, ListedModel>;

export interface ListingPath {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Beside `/v1`, not under it. */
  readonly isAtRoot?: true;
}

/** How a server is asked what it serves. */
export interface Listing {
  /** The list itself: without it there is nothing. */
  readonly list: ListingPath;
  /** What may say more about it; not every server or key has these. */
  readonly more: readonly ListingPath[];
  /** @param more Undefined for those that could not be had. @throws Failed when the list is none. */
  decode(list: unknown, more: readonly unknown[]): ListedModels;
}

/** @throws Failed when the body is no listing. */
export function decodeListing(body: unknown): ListedModels {
  refuseErrorBody(body);
  // Some servers send the bare list, and some null for a list of nothing.
  const isEmpty = isRecord(body) && body['data'] === null;
  const list: readonly unknown[] | undefined = Array.isArray(body) ? body : isEmpty ? [] : listAt(body, 'data');
  if (list === undefined) throw new Failed({ kind: 'malformed', missing: 'data' });
  const rows = new Map<string, ListedModel>();
  for (const row of list) {
    const id = stringAt(row, 'id');
    if (id !== undefined) rows.set(id, decodeListedRow(row));
  }
  return rows;
}

function joinLists(lists: readonly ListedModels[]): ListedModels {
  return new Map(lists.flatMap((list) => [...list]));
}

/** AI/ML API's word for what an endpoint does. */
const aimlapiTypes: Readonly<Record<string, Partial<Capabilities>>> = {
  'chat-completion': { chat: true },
  stt: { chat: false, transcription: true },
};
const useless: Partial<Capabilities> = { chat: false, transcription: false, speech: false };

function decodeAimlapi(list: unknown): ListedModels {
  const rows = new Map(decodeListing(list));
  for (const row of Array.isArray(list) ? (list as readonly unknown[]) : (listAt(list, 'data') ?? [])) {
    const id = stringAt(row, 'id');
    const type = stringAt(row, 'type');
    if (id === undefined || type === undefined) continue;
    const info = recordAt(row, 'info');
    const limits = known({
      maxContextTokens: numberAt(info, 'contextLength'),
      maxOutputTokens: numberAt(info, 'maxTokens'),
    });
    rows.set(id, { capabilities: { ...limits, ...(aimlapiTypes[type] ?? useless) } });
  }
  return rows;
}

function decodeLlamacpp(list: unknown, [props]: readonly unknown[]): ListedModels {
  const modalities = recordAt(props, 'modalities');
  const capabilities = known({
    audioInput: booleanAt(modalities, 'audio'),
    images: booleanAt(modalities, 'vision'),
    maxContextTokens: numberAt(recordAt(props, 'default_generation_settings'), 'n_ctx'),
  });
  // One server runs one model; where it runs several, it says nothing of them all.
  const rows = decodeListing(list);
  return rows.size > 1
    ? rows
    : new Map([...rows].map(([id, row]) => [id, { capabilities: { ...row.capabilities, ...capabilities } }]));
}

function decodeLitellm(list: unknown, [info, groups]: readonly unknown[]): ListedModels {
  const rows = decodeLitellmRows(info, groups);
  // A key sees the models it may use in the list alone.
  return new Map([...decodeListing(list)].map(([id, row]) => [id, rows.get(id) ?? row]));
}

const plainList: ListingPath = { path: '/models' };

export const listings = {
  openai: { list: plainList, more: [], decode: (list) => decodeListing(list) },
  litellm: {
    list: plainList,
    more: [
      { path: '/model/info', isAtRoot: true },
      { path: '/model_group/info', isAtRoot: true },
    ],
    decode: decodeLitellm,
  },
  // Its list leaves out whatever has an endpoint of its own.
  openrouter: {
    list: plainList,
    more: [
      { path: '/models', query: { output_modalities: 'transcription' } },
      { path: '/models', query: { output_modalities: 'speech' } },
    ],
    decode: (list, more) =>
      joinLists([list, ...more.filter((body) => isRecord(body))].map((body) => decodeListing(body))),
  },
  aimlapi: { list: { path: '/models', isAtRoot: true }, more: [], decode: decodeAimlapi },
  llamacpp: { list: plainList, more: [{ path: '/props', isAtRoot: true }], decode: decodeLlamacpp },
} as const satisfies Record<string, Listing>;

/** `none`: what it serves cannot be asked. */
export type ListingName = keyof typeof listings | 'none';
