import { EarshotError, isCancelled } from '../core/errors.js';
import type { Capabilities, Model } from '../core/model.js';
import { addressOfModel, isPerModel } from './address.js';
import { checkQuestion } from './checkQuestion.js';
import { listings, type Listing } from './dialects/listings.js';
import { encodeChat } from './dialects/openaiChat.js';
import { decodeSpeech, encodeSpeech } from './dialects/openaiSpeech.js';
import { isRecord, refuseErrorBody } from './dialects/wire.js';
import { openEndpoint, type About } from './endpoint.js';
import { listedModels } from './listedModels.js';
import { localServer, notRunning } from './localServer.js';
import { isAlive, modelFacts, type ModelFacts } from './modelRows.js';
import { readChat, transcribeThrough } from './openaiAnswers.js';
import { askWire, getFrom, postTo, type WireAnswer } from './openaiClient.js';
import { fetchListing } from './openaiListing.js';
import type { OpenaiWireVendor } from './openaiWireVendor.js';
import type { Provider, ProviderContext, Readiness } from './provider.js';
import type { ProviderSettings } from './providerSettings.js';
import { unsetProvider } from './unsetProvider.js';
import type { Call } from './wireCall.js';

/** Whether what answers on this port is a server of this kind: it lists models, or asks for a key as such a server would. */
function listsModels(status: number, body: unknown): boolean {
  if (!isRecord(body)) return false;
  return (status === 200 && Array.isArray(body['data'])) || ((status === 401 || status === 403) && 'error' in body);
}

/** Whoever speaks OpenAI's wire format: the vendor's table and the user's settings make the difference. */
export function openaiProvider(
  name: string,
  settings: ProviderSettings,
  vendor: OpenaiWireVendor,
  context: ProviderContext,
): Provider {
  const label = settings.label ?? name;
  const baseUrl = settings.baseUrl ?? vendor.baseUrl;
  if (baseUrl === undefined && vendor.baseUrlExample !== undefined) {
    return unsetProvider(
      name,
      label,
      `${label} is at an address of your own. Put it into the setting earshot.providers › ${name} › baseUrl, for example "${vendor.baseUrlExample}".`,
    );
  }
  if (baseUrl === undefined) {
    throw new EarshotError(
      'invalid-settings',
      `The provider "${name}" in the setting earshot.providers has no baseUrl. Add one, for example "http://127.0.0.1:8000/v1".`,
      { provider: name },
    );
  }
  const { needsKey, keyHeader } = vendor;
  const traits = { baseUrl, needsKey, ...(keyHeader === undefined ? {} : { keyHeader }) };
  const endpoint = openEndpoint(name, settings, traits, context);
  const { address, keyRequired } = endpoint;

  const at = (call: Call, model: string | undefined): Call => ({
    ...call,
    baseUrl: addressOfModel(call.baseUrl, model),
  });
  const callAbout = async (about: About & { readonly model: string }): Promise<Call> =>
    at(await endpoint.callAbout(about), about.model);

  const namedIds = Object.keys(settings.models ?? {});
  const rowIds = vendor.rows.flatMap(({ match }) => (typeof match === 'string' ? [match] : []));
  const orElse = `Or name its models under earshot.providers › ${name} › models, which needs no list.`;
  const listing: Listing | undefined =
    vendor.listing === 'none' || isPerModel(address.baseUrl) ? undefined : listings[vendor.listing];
  const listed = listedModels(async () =>
    listing === undefined ? new Map() : fetchListing(listing, endpoint.prepare(await endpoint.getKey(), { orElse })),
  );

  const factsOf = (id: string): ModelFacts => {
    const override = settings.models?.[id];
    const live = listed.known(id);
    return modelFacts(id, {
      rows: vendor.rows,
      ...(vendor.traits === undefined ? {} : { traits: vendor.traits }),
      ...(vendor.falselyHearing === undefined ? {} : { falselyHearing: vendor.falselyHearing }),
      ...(override === undefined ? {} : { override }),
      ...(live === undefined ? {} : { live }),
    });
  };
  const modelOf = (id: string): Model => {
    const { capabilities, label: rowLabel } = factsOf(id);
    return { ref: { provider: name, model: id }, label: rowLabel ?? id, capabilities };
  };

  const knownModels = (): readonly Model[] => {
    const now = new Date();
    const ids = new Set([...namedIds, ...rowIds, ...(vendor.offers === 'listing' ? listed.ids() : [])]);
    return [...ids].map(modelOf).filter(({ capabilities }) => isAlive(capabilities, now));
  };

  const need = (id: string, can: keyof Capabilities, verb: string): ModelFacts => {
    const facts = factsOf(id);
    if (facts.capabilities[can] === true) return facts;
    throw endpoint.refuse(
      'model-lacks-capability',
      `The model "${id}" of ${label} cannot ${verb}. Select another model, or, if it can, say so under earshot.providers › ${name} › models.`,
    );
  };

  const isOptional = vendor.mayBeAbsent === true && settings.isPresetOnly === true;
  const local = isOptional
    ? localServer({ url: `${address.baseUrl}/models`, fetch: context.fetch, recognise: listsModels })
    : undefined;

  const readiness = async (signal?: AbortSignal): Promise<Readiness> => {
    if (local !== undefined && !(await local.isRunning(signal))) {
      return { state: 'not-running', detail: notRunning(label, address.display, name) };
    }
    endpoint.checkAddress();
    if (keyRequired && (await endpoint.getKey()) === undefined) {
      return { state: 'missing-key', detail: `No API key is set for ${address.origin}. Set one with Set API Key.` };
    }
    if (listing === undefined && namedIds.length + rowIds.length === 0) {
      return {
        state: 'not-set-up',
        detail: `${label} cannot be asked what it serves. Name its models under earshot.providers › ${name} › models.`,
      };
    }
    return { state: 'ready', detail: address.display };
  };

  return {
    name,
    label,
    isLocal: false,
    destination: endpoint.destination,
    ...(isOptional ? { isOptional } : {}),
    key: {
      origin: address.origin,
      required: keyRequired,
      ...(vendor.keyPage === undefined ? {} : { page: vendor.keyPage }),
    },
    readiness,
    models: async (signal) => {
      if (vendor.offers === 'listing') {
        await listed.refresh(signal).catch((error: unknown) => {
          if (isCancelled(error) || namedIds.length === 0) throw error;
        });
      } else if (!keyRequired || (await endpoint.getKey()) !== undefined) {
        // What can be chosen is known; what the list adds to it is there the next time.
        void listed.refresh().catch(() => undefined);
      }
      return knownModels();
    },
    knownModels,
    model: (id) => Promise.resolve(modelOf(id)),
    converse: async function* (request, signal) {
      const facts = factsOf(request.model);
      checkQuestion(request, facts.capabilities, { name, label });
      const body = encodeChat(request, facts.chat, Date.now() / 1000);
      const call = await callAbout({ model: request.model });
      yield* askWire(call, postTo('/chat/completions', body), readChat, signal);
    },
    transcribe: async function* (request, signal) {
      const facts = need(request.model, 'transcription', 'transcribe');
      const call = await callAbout({ model: request.model, fileName: request.audio.fileName });
      yield* transcribeThrough(call, request, facts, signal);
    },
    speak: async function* (request, signal) {
      const facts = need(request.model, 'speech', 'speak');
      const { body, delivery } = encodeSpeech(request, facts.capabilities, facts.speech);
      const call = await callAbout({ model: request.model });
      const read = (answer: WireAnswer) => decodeSpeech(answer.chunks(), delivery);
      yield* askWire(call, postTo('/audio/speech', body), read, signal);
      yield { type: 'usage', usage: { characters: request.text.length } };
    },
    checkKey: async (key, signal) => {
      const call = { ...at(endpoint.prepare(key, {}), undefined), timeoutSeconds: 15 };
      const read = async function* (answer: WireAnswer): AsyncGenerator<void> {
        refuseErrorBody(await answer.json());
        yield;
      };
      try {
        for await (const checked of askWire(call, getFrom(vendor.keyCheckPath ?? '/models'), read, signal))
          return checked;
      } catch (error) {
        // A path that is not there any more says nothing about the key.
        const isGone = error instanceof EarshotError && error.reason === 'invalid-settings';
        if (vendor.keyCheckPath === undefined || !isGone) throw error;
      }
    },
  };
}
