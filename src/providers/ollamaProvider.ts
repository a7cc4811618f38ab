import pLimit from 'p-limit';
import { isCancelled } from '../core/errors.js';
import type { Capabilities, Model } from '../core/model.js';
import type { Prices } from '../core/usage.js';
import { checkQuestion } from './checkQuestion.js';
import { neededContextTokens } from './contextTokens.js';
import { encodeOllamaChat, ollamaDecoder } from './dialects/ollamaChat.js';
import { decodeShow, decodeTags, type OllamaShown, type OllamaTag } from './dialects/ollamaModels.js';
import { isRecord, stringAt } from './dialects/wire.js';
import { openEndpoint } from './endpoint.js';
import { explain } from './failure.js';
import { asListed, listedModels } from './listedModels.js';
import { localServer, notRunning } from './localServer.js';
import { isAlive, modelFacts, type ModelFacts } from './modelRows.js';
import { askOllama } from './ollamaClient.js';
import type { AnswerRequest, Provider, ProviderContext } from './provider.js';
import type { ProviderSettings } from './providerSettings.js';
import type { OllamaVendor } from './vendors/ollama.js';

const listingTimeoutSeconds = 5;
const wholeListingTimeoutSeconds = 10;
/** How many models are asked about at once: the server opens a file for each. */
const showsAtOnce = 4;

/** Nobody bills what a machine of one's own does. */
const free: Prices = {
  inputTextPerMillion: 0,
  inputAudioPerMillion: 0,
  outputTextPerMillion: 0,
  outputAudioPerMillion: 0,
};

/** A server that runs models of its own and says itself what each can do. */
export function ollamaProvider(
  name: string,
  settings: ProviderSettings,
  vendor: OllamaVendor,
  context: ProviderContext,
): Provider {
  const traits = { baseUrl: vendor.baseUrl, needsKey: false, api: 'the Ollama API', extraPath: /\/(?:v1|api)$/ };
  const endpoint = openEndpoint(name, settings, traits, context);
  const { label, address, getKey, prepare, callAbout, refuse } = endpoint;
  const isOptional = settings.isPresetOnly === true;
  const server = localServer({
    url: `${address.display}/api/version`,
    fetch: context.fetch,
    recognise: (status, body) => status === 200 && stringAt(body, 'version') !== undefined && isRecord(body),
  });

  /** By the digest, which names the content: a model does not change under it. */
  const shown = new Map<string, OllamaShown>();
  const thinking = new Set<string>();

  const show = async (tag: OllamaTag, signal: AbortSignal): Promise<Partial<Capabilities>> => {
    const known = shown.get(tag.digest);
    const details = known ?? (await askAbout(tag.id, signal));
    if (tag.digest !== '') shown.set(tag.digest, details);
    if (details.thinks) thinking.add(tag.id);
    return { ...details.capabilities, ...(tag.isRemote || !address.isLoopback ? {} : { prices: free }) };
  };

  const askAbout = async (id: string, signal: AbortSignal): Promise<OllamaShown> => {
    const call = { ...prepare(await getKey(), { model: id }), timeoutSeconds: listingTimeoutSeconds, maxRetries: 0 };
    const sent = askOllama(
      call,
      async function* (client) {
        yield decodeShow(await client.plain((sdk) => sdk.show({ model: id })));
      },
      signal,
    );
    for await (const details of sent) return details;
    return { capabilities: {}, thinks: false };
  };

  const listing = listedModels(async () => {
    const call = { ...prepare(await getKey(), {}), timeoutSeconds: listingTimeoutSeconds, maxRetries: 0 };
    const signal = AbortSignal.timeout(wholeListingTimeoutSeconds * 1000);
    const limit = pLimit(showsAtOnce);
    try {
      const sent = askOllama(
        call,
        async function* (client) {
          yield decodeTags(await client.plain((sdk) => sdk.list()));
        },
        signal,
      );
      for await (const tags of sent) {
        const rows = tags.map((tag) =>
          limit(async () => {
            // One model that cannot be asked about leaves the others alone.
            const row = await show(tag, signal).catch(() => ({}));
            return [tag.id, row] as const;
          }),
        );
        return asListed(await Promise.all(rows));
      }
    } catch (error) {
      if (!isCancelled(error)) throw error;
    }
    throw explain({ kind: 'transport', codes: [], text: '', timedOut: true }, call.asked);
  });

  /** `gemma4` stands for `gemma4:latest`, here as on the server. */
  const fullId = (id: string): string => (listing.known(id) === undefined && !id.includes(':') ? `${id}:latest` : id);

  const factsOf = (id: string): ModelFacts => {
    const override = settings.models?.[id];
    const live = listing.known(fullId(id));
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
  const namedIds = Object.keys(settings.models ?? {});
  const knownModels = (): readonly Model[] => {
    const now = new Date();
    return [...new Set([...namedIds, ...listing.ids()])]
      .map(modelOf)
      .filter(({ capabilities }) => isAlive(capabilities, now));
  };

  /** Undefined where the server's own choice is enough: another one makes it load the model again. */
  const contextFor = (request: AnswerRequest, capabilities: Capabilities): number | undefined => {
    const needed = neededContextTokens(request, capabilities.audioTokensPerSecond);
    const most = capabilities.maxContextTokens ?? Infinity;
    if (needed > most) {
      throw refuse(
        'clip-too-long',
        `This question needs about ${needed} tokens, and "${request.model}" of ${label} takes ${most}. Ask about a shorter part, or select a model that takes more.`,
      );
    }
    if (needed <= vendor.usualContextTokens) return undefined;
    // In few steps, so that the next question of a conversation does not load the model again.
    return Math.min(most, 2 ** Math.ceil(Math.log2(needed)));
  };

  return {
    name,
    label,
    isLocal: false,
    isOptional,
    destination: endpoint.destination,
    ...(address.isLoopback ? {} : { key: { origin: address.origin, required: false } }),
    readiness: async (signal) => {
      endpoint.checkAddress();
      return isOptional && !(await server.isRunning(signal))
        ? { state: 'not-running', detail: notRunning(label, address.display, name) }
        : { state: 'ready', detail: address.display };
    },
    models: async (signal) => {
      await listing.refresh(signal).catch((error: unknown) => {
        if (isCancelled(error) || namedIds.length === 0) throw error;
      });
      return knownModels();
    },
    knownModels,
    model: async (id) => {
      // What it can do, only the server knows; when it is not there, the question itself will say so.
      if (listing.known(fullId(id)) === undefined) await listing.refresh().catch(() => undefined);
      return modelOf(id);
    },
    converse: async function* (request, signal) {
      if (listing.known(fullId(request.model)) === undefined) {
        await listing.refresh(signal).catch((error: unknown) => {
          if (isCancelled(error)) throw error;
        });
      }
      const { capabilities } = factsOf(request.model);
      checkQuestion(request, capabilities, { name, label });
      const contextTokens = contextFor(request, capabilities);
      const call = await callAbout({ model: request.model });
      const thinks = thinking.has(fullId(request.model));
      const body = encodeOllamaChat(request, { thinks, ...(contextTokens === undefined ? {} : { contextTokens }) });
      yield* askOllama(
        call,
        async function* (client) {
          const decoder = ollamaDecoder();
          for await (const line of client.chat(body)) yield* decoder.push(line);
          decoder.end();
        },
        signal,
      );
    },
  };
}
