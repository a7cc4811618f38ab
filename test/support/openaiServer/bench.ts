import type { Json, JsonObject } from './json.ts';
import { textOf } from './json.ts';
import { modelNotFound } from './errorBodies.ts';
import type { ModelRow } from './models.ts';
import type { OpenRequest, ReceivedAudio } from './recorded.ts';
import type { Heard, Recogniser } from './recognise.ts';
import type { Reply } from './reply.ts';
import type { SchemaCheck, SchemaName } from './schema.ts';
import type { Synthesiser } from './synthesise.ts';
import type { VendorRules } from './vendorRules.ts';
import { refuse, WireError } from './wireError.ts';

export interface HeardClip {
  readonly audio: ReceivedAudio;
  readonly heard: Heard;
}

/** All that a chat answer is made from. */
export interface ChatHearing {
  readonly model: ModelRow;
  readonly request: JsonObject;
  /** The clips of the whole conversation, in its order. */
  readonly clips: readonly HeardClip[];
  /** The text of the last user message, without any transcript in it. */
  readonly question: string;
  /** The transcript found in the prompt; empty when there is none. */
  readonly transcript: string;
}

/** A text, or calls of tools. */
export type ChatAnswer = string | { readonly calls: readonly { readonly name: string; readonly input: JsonObject }[] };

export interface Limits {
  /** For the whole multipart request. */
  readonly transcriptionBytes: number;
  /** For one decoded clip in a chat request. */
  readonly chatAudioBytes: number;
}

/** What the endpoints share. */
export interface Bench {
  readonly models: Map<string, ModelRow>;
  readonly recogniser: Recogniser;
  readonly synthesiser: Synthesiser;
  readonly schemaCheck: SchemaCheck;
  readonly limits: Limits;
  /** OpenAI streams its WAVs, so their headers do not know how long they are. */
  readonly wavSizes: 'exact' | 'unknown';
  /** Replaces the usual chat answer. */
  readonly answer: ((hearing: ChatHearing) => ChatAnswer) | undefined;
  /** Whose ways the server has; absent: OpenAI's own. */
  readonly vendor: VendorRules | undefined;
  /** Ids of spoken answers, which later turns may refer to. */
  readonly spokenIds: Set<string>;
  /** Counts answers, so that each has its own id. */
  readonly nextId: () => number;
}

/** Checks a request and gives what makes its answer; the answer is not made when the test ordered a failure. */
export type Endpoint = (request: OpenRequest, bench: Bench) => Promise<() => Promise<Reply>>;

export function requireModel(bench: Bench, model: Json | undefined): ModelRow {
  const id = textOf(model);
  if (id === undefined || id === '') {
    throw refuse('missing-field', 'you must provide a model parameter');
  }
  const row = bench.models.get(id);
  if (!row) throw new WireError('unknown-model', modelNotFound(id), `no model ${id}`);
  return row;
}

export function refuseUnknownFields(names: Iterable<string>, known: ReadonlySet<string>, prefix = ''): void {
  for (const name of names) {
    if (!known.has(name)) {
      const param = `${prefix}${name}`;
      throw refuse('unknown-field', `Unknown parameter: '${param}'.`, { code: 'unknown_parameter', param });
    }
  }
}

export function checkSchema(bench: Bench, name: SchemaName, value: unknown): void {
  const fault = bench.schemaCheck(name, value);
  if (fault !== undefined) throw refuse('schema', `Invalid request: ${fault}`, { code: 'invalid_type' });
}

export function invalidValue(param: string, message: string): WireError {
  return refuse('invalid-value', message, { code: 'invalid_value', param });
}

/** `id_` and a number that never repeats in one server. */
export function newId(bench: Bench, prefix: string): string {
  return `${prefix}${bench.nextId().toString().padStart(24, '0')}`;
}

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
