import { isCancelled, toEarshotError } from '../core/errors.js';
import type { Model } from '../core/model.js';
import { askAnthropic, postMessages, passedHeaders, strictSchema, type AnthropicAnswer } from './anthropicClient.js';
import { checkQuestion } from './checkQuestion.js';
import { decodeModels, messageDecoder } from './dialects/anthropicAnswer.js';
import { encodeMessages } from './dialects/anthropicMessages.js';
import { anthropicRules } from './dialects/schemaRules.js';
import { schemaSubset } from './dialects/schemaSubset.js';
import { openEndpoint } from './endpoint.js';
import { explain } from './failure.js';
import { asListed, listedModels } from './listedModels.js';
import { isAlive, modelFacts, type ModelFacts } from './modelRows.js';
import type { AnswerEvent, AnswerRequest, Provider, ProviderContext } from './provider.js';
import type { ProviderSettings } from './providerSettings.js';
import type { AnthropicVendor } from './vendors/anthropic.js';

const listingTimeoutSeconds = 5;
/** With the body, which the SDK does not time. */
const wholeListingTimeoutSeconds = 8;
/** As many as one page may have; a vendor has a few dozen. */
const pageSize = 1000;

async function* readAnswer(answer: AnthropicAnswer): AsyncGenerator<AnswerEvent> {
  const decoder = messageDecoder();
  if (answer.isStream) for await (const event of answer.events()) yield* decoder.push(event);
  else yield* decoder.push(await answer.json());
  decoder.end();
}

async function* readModels(answer: AnthropicAnswer) {
  yield decodeModels(await answer.json());
}

/** Whoever speaks the wire format of Anthropic's Messages API. */
export function anthropicProvider(
  name: string,
  settings: ProviderSettings,
  vendor: AnthropicVendor,
  context: ProviderContext,
): Provider {
  const traits = {
    baseUrl: vendor.baseUrl,
    needsKey: true,
    api: 'the Anthropic API',
    keyHeader: 'x-api-key',
    passHeaders: passedHeaders,
    extraPath: /\/v1$/,
  } as const;
  const endpoint = openEndpoint(name, settings, traits, context);
  const { label, address, keyRequired, getKey, prepare, callAbout, refuse } = endpoint;

  const listing = listedModels(async () => {
    const call = { ...prepare(await getKey(), {}), timeoutSeconds: listingTimeoutSeconds, maxRetries: 0 };
    const signal = AbortSignal.timeout(wholeListingTimeoutSeconds * 1000);
    try {
      const sent = askAnthropic(
        call,
        (client, options) => client.models.list({ limit: pageSize }, options),
        readModels,
        signal,
      );
      for await (const rows of sent) return asListed(rows);
    } catch (error) {
      if (!isCancelled(error)) throw error;
    }
    throw explain({ kind: 'transport', codes: [], text: '', timedOut: true }, call.asked);
  });

  const factsOf = (id: string): ModelFacts => {
    const override = settings.models?.[id];
    const live = listing.known(id);
    return modelFacts(id, {
      rows: vendor.rows,
      ...(override === undefined ? {} : { override }),
      ...(live === undefined ? {} : { live }),
    });
  };
  const modelOf = (id: string): Model => {
    const { capabilities, label: rowLabel } = factsOf(id);
    return { ref: { provider: name, model: id }, label: rowLabel ?? id, capabilities };
  };
  const rowIds = vendor.rows.flatMap(({ match }) => (typeof match === 'string' ? [match] : []));
  const knownModels = (): readonly Model[] => {
    const now = new Date();
    const ids = new Set([...Object.keys(settings.models ?? {}), ...rowIds, ...listing.ids()]);
    return [...ids].map(modelOf).filter(({ capabilities }) => isAlive(capabilities, now));
  };

  /** The schema in the words that the vendor takes. */
  const withStrictSchema = async (request: AnswerRequest): Promise<AnswerRequest> => {
    const { jsonSchema } = request;
    if (jsonSchema === undefined) return request;
    const { schema, isTooNarrow } = schemaSubset(jsonSchema.schema, anthropicRules);
    try {
      if (isTooNarrow) throw new Error('it leaves open which properties or types there are');
      return { ...request, jsonSchema: { ...jsonSchema, schema: await strictSchema(schema) } };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw refuse('request-rejected', `${label} cannot use the JSON Schema "${jsonSchema.name}": ${why}. Change it.`);
    }
  };

  return {
    name,
    label,
    isLocal: false,
    destination: endpoint.destination,
    key: { origin: address.origin, required: keyRequired, page: vendor.keyPage },
    readiness: async () => {
      endpoint.checkAddress();
      return keyRequired && (await getKey()) === undefined
        ? { state: 'missing-key', detail: `No API key is set for ${address.origin}. Set one with Set API Key.` }
        : { state: 'ready', detail: address.display };
    },
    models: async (signal) => {
      // The table serves while the list cannot be had; a key that is refused will be refused for questions as well.
      await listing.refresh(signal).catch((error: unknown) => {
        const { reason } = toEarshotError(error);
        if (reason === 'cancelled' || reason === 'invalid-key' || reason === 'missing-key') throw error;
      });
      return knownModels();
    },
    knownModels,
    model: (id) => Promise.resolve(modelOf(id)),
    converse: async function* (request, signal) {
      const { capabilities } = factsOf(request.model);
      checkQuestion(request, capabilities, { name, label });
      const call = await callAbout({ model: request.model });
      const strict = await withStrictSchema(request);
      const body = encodeMessages(strict, capabilities.maxOutputTokens ?? vendor.maxOutputTokens);
      yield* askAnthropic(call, postMessages(body), readAnswer, signal);
    },
    checkKey: async (key, signal) => {
      const call = { ...prepare(key, {}), timeoutSeconds: 15 };
      const sent = askAnthropic(
        call,
        (client, options) => client.models.list({ limit: 1 }, options),
        readModels,
        signal,
      );
      for await (const checked of sent) if (checked.size >= 0) return;
    },
  };
}
