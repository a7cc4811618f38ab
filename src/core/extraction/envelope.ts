import { isJsonObject, type JsonObject } from './json.js';
import { portableSchema } from './portableSchema.js';

export interface EnvelopeOptions {
  /** Ask on which moments the data rests. */
  readonly evidence: boolean;
  /** More than one: evidence names the recording as well. */
  readonly recordingCount: number;
}

function evidenceSchema(recordingCount: number): JsonObject {
  const properties = {
    pointer: {
      type: 'string',
      description: 'JSON Pointer to the field inside "data", such as /items/0/owner',
    },
    ...(recordingCount > 1
      ? { recording: { type: 'integer', description: 'Number of the recording, as it is announced' } }
      : {}),
    startSeconds: { type: 'number', description: 'Where in the recording this is said, in seconds from its beginning' },
    endSeconds: { type: 'number' },
  };
  return {
    type: 'array',
    description: 'For each field of "data" that rests on something said: where in the recording that is.',
    items: { type: 'object', properties, required: Object.keys(properties), additionalProperties: false },
  };
}

/** What the model is asked for: an object around the user's data, since most vendors take nothing else than an object. */
export function envelopeSchema(schema: JsonObject, { evidence, recordingCount }: EnvelopeOptions): JsonObject {
  const { schema: data, definitions } = portableSchema(schema);
  const properties = { data, ...(evidence ? { evidence: evidenceSchema(recordingCount) } : {}) };
  return {
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
    ...(Object.keys(definitions).length === 0 ? {} : { $defs: definitions }),
  };
}

export type Opened =
  | { readonly value: unknown; readonly evidence: unknown }
  /** Why nothing is in it, in a sentence that the model can act upon. */
  | { readonly problem: string };

/** Takes the data out of what a model sent. */
export function openEnvelope(answer: unknown): Opened {
  if (!isJsonObject(answer) || !Object.hasOwn(answer, 'data')) {
    return { problem: 'The answer has to be an object with the property "data", which holds the extracted data.' };
  }
  return { value: answer['data'], evidence: answer['evidence'] };
}
