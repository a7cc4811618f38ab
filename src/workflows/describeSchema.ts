import { type Message, text } from '../core/conversation.js';
import { findJson } from '../core/extraction/findJson.js';
import { isJsonObject, type JsonObject } from '../core/extraction/json.js';
import { EarshotError, toEarshotError } from '../core/errors.js';
import { converse } from './answerQuestion.js';
import type { ChosenModel } from './chooseModel.js';
import { compileSchema } from './schemaValidator.js';

const maxAttempts = 3;

const instructions = [
  'You write JSON Schemas (draft 2020-12) for data that is extracted from audio recordings.',
  'Give every property a short description, a title to the whole, and "additionalProperties": false to every object.',
  'Require only what every such recording is bound to tell. Use formats, enums and nested objects where they fit. Names of properties are in English camelCase unless others are asked for.',
  'Answer with the JSON Schema and nothing else.',
].join(' ');

async function answerOf(chosen: ChosenModel, messages: readonly Message[], signal: AbortSignal): Promise<string> {
  let written = '';
  for await (const event of converse(chosen, { messages }, signal)) {
    if (event.type === 'text') written += event.text;
    else if (event.type === 'finish' && event.finish === 'filtered') {
      throw new EarshotError(
        'refused',
        `${chosen.model.label} refused to write a schema. Describe the fields in other words.`,
      );
    }
  }
  return written;
}

/** The schema in an answer. @throws EarshotError `invalid-schema`. */
async function schemaIn(written: string): Promise<JsonObject> {
  const found = findJson(written);
  const name = 'The schema that the model wrote';
  if ('problem' in found) throw new EarshotError('invalid-schema', `${name} cannot be read. ${found.problem}`);
  await compileSchema(found.value, name);
  if (!isJsonObject(found.value) || found.value['type'] !== 'object') {
    throw new EarshotError('invalid-schema', `${name} describes no object. Describe the fields one by one.`);
  }
  return found.value;
}

/**
 * Has a model write a JSON Schema for fields described in words.
 * @throws EarshotError `invalid-schema` when it does not succeed, and what `Provider.converse` throws.
 */
export async function describeSchema(
  description: string,
  chosen: ChosenModel,
  signal: AbortSignal,
): Promise<JsonObject> {
  let messages: readonly Message[] = [
    { role: 'system', content: [text(instructions)] },
    { role: 'user', content: [text(`The data to extract: ${description}`)] },
  ];
  for (let attempt = 1; ; attempt++) {
    const written = await answerOf(chosen, messages, signal);
    try {
      return await schemaIn(written);
    } catch (thrown) {
      const error = toEarshotError(thrown);
      if (error.reason !== 'invalid-schema' || attempt === maxAttempts) throw error;
      const said = written.trim() === '' ? [] : [{ role: 'assistant' as const, content: [text(written)] }];
      messages = [
        ...messages,
        ...said,
        { role: 'user', content: [text(`${error.message} Send the whole schema again.`)] },
      ];
    }
  }
}
