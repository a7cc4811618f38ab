import { isCancelled } from '../core/errors.js';
import type { Capabilities, Model } from '../core/model.js';
import { checkQuestion } from './checkQuestion.js';
import { geminiChatDecoder } from './dialects/geminiAnswer.js';
import { encodeGeminiChat } from './dialects/geminiChat.js';
import { decodeGeminiModel } from './dialects/geminiModels.js';
import { encodeGeminiSpeech, geminiSpeechDecoder } from './dialects/geminiSpeech.js';
import { encodeGeminiTranscription, geminiTranscriptionDecoder } from './dialects/geminiTranscription.js';
import { openEndpoint } from './endpoint.js';
import { explain } from './failure.js';
import { geminiHeaders } from './geminiClient.js';
import { askGemini, generated, runGemini } from './geminiRequest.js';
import type { GeminiWireVendor } from './geminiWireVendor.js';
import { asListed, listedModels } from './listedModels.js';
import { isAlive, modelFacts, type ModelFacts } from './modelRows.js';
import type { Provider, ProviderContext } from './provider.js';
import type { ProviderSettings } from './providerSettings.js';
import type { Call } from './wireCall.js';

const listingTimeoutSeconds = 8;
/** More than there are, so that one request lists all. */
const listingPageSize = 1000;

/** Whoever speaks Gemini's wire format: the vendor's table and the user's settings make the difference. */
export function geminiProvider(
  name: string,
  settings: ProviderSettings,
  vendor: GeminiWireVendor,
  context: ProviderContext,
): Provider {
  const traits = { ...geminiHeaders, baseUrl: vendor.baseUrl, needsKey: true, api: 'the Gemini API' } as const;
  const endpoint = openEndpoint(name, settings, traits, context);
  const { label, address, keyRequired, getKey, prepare, callAbout, refuse } = endpoint;

  const list = async (
    call: Call,
    signal: AbortSignal,
    pageSize: number,
  ): Promise<ReadonlyMap<string, Partial<Capabilities>>> =>
    runGemini(
      call,
      async ({ sdk, signal: abortSignal }) => {
        const rows = new Map<string, Partial<Capabilities>>();
        for await (const model of await sdk.models.list({ config: { pageSize, abortSignal } })) {
          const row = decodeGeminiModel(model);
          if (row !== undefined) rows.set(row.id, row.capabilities);
          // Who asks for one wants to know whether he may ask.
          if (pageSize === 1) break;
        }
        return rows;
      },
      signal,
    );

  const listing = listedModels(async () => {
    const orElse = `Or name its models under earshot.providers › ${name} › models, which needs no list.`;
    const call = { ...prepare(await getKey(), { orElse }), maxRetries: 0 };
    try {
      return asListed(await list(call, AbortSignal.timeout(listingTimeoutSeconds * 1000), listingPageSize));
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
  const need = (id: string, can: 'transcription' | 'speech', verb: string): ModelFacts => {
    const facts = factsOf(id);
    if (facts.capabilities[can]) return facts;
    throw refuse(
      'model-lacks-capability',
      `The model "${id}" of ${label} cannot ${verb}. Select another model, or, if it can, say so under earshot.providers › ${name} › models.`,
    );
  };
  const modelOf = (id: string): Model => {
    const { capabilities, label: rowLabel } = factsOf(id);
    return { ref: { provider: name, model: id }, label: rowLabel ?? id, capabilities };
  };

  const namedIds = Object.keys(settings.models ?? {});
  const rowIds = vendor.rows.flatMap(({ match }) => (typeof match === 'string' ? [match] : []));
  const knownModels = (): readonly Model[] => {
    const now = new Date();
    const canAnything = ({ chat, transcription, speech }: Capabilities): boolean => chat || transcription || speech;
    const ids = new Set([...namedIds, ...rowIds, ...listing.ids()]);
    return [...ids].map(modelOf).filter(({ capabilities }) => canAnything(capabilities) && isAlive(capabilities, now));
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
      // Without a key nobody can be asked, and the table stands as it is.
      if (!keyRequired || (await getKey()) !== undefined) {
        await listing.refresh(signal).catch((error: unknown) => {
          if (isCancelled(error) || namedIds.length === 0) throw error;
        });
      }
      return knownModels();
    },
    knownModels,
    model: (id) => Promise.resolve(modelOf(id)),
    converse: async function* (request, signal) {
      checkQuestion(request, factsOf(request.model).capabilities, { name, label });
      const call = await callAbout({ model: request.model });
      const clips = request.messages
        .flatMap(({ content }) => content)
        .flatMap((block) => (block.type === 'input_audio' ? [block.input_audio] : []));
      const encode = encodeGeminiChat.bind(undefined, request);
      yield* askGemini(call, { clips, inlineByteLength: vendor.inlineByteLength }, encode, geminiChatDecoder(), signal);
    },
    transcribe: async function* (request, signal) {
      const facts = need(request.model, 'transcription', 'transcribe');
      const call = await callAbout({ model: request.model, fileName: request.audio.fileName });
      const { bytes: data, format } = request.audio;
      const sent = askGemini(
        call,
        { clips: [{ data, format }], inlineByteLength: vendor.inlineByteLength },
        (stored) => encodeGeminiTranscription(request, facts.capabilities, facts.transcription, stored),
        geminiTranscriptionDecoder(),
        signal,
      );
      for await (const event of sent) if (event.type !== 'upload') yield event;
    },
    speak: async function* (request, signal) {
      const facts = need(request.model, 'speech', 'speak');
      const call = await callAbout({ model: request.model });
      const parameters = encodeGeminiSpeech(request, facts.speech);
      yield* generated(call, parameters, geminiSpeechDecoder(), signal);
    },
    checkKey: async (key, signal) => {
      await list(prepare(key, {}), signal, 1);
    },
  };
}
