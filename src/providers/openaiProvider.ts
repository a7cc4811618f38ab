import { hasAudio, refuseImagesWithAudio } from '../core/conversation.js';
import { EarshotError, isCancelled, type ErrorReason } from '../core/errors.js';
import { mediaFormatLabel } from '../core/media.js';
import type { Capabilities, Model } from '../core/model.js';
import { formatByteLength } from '../core/timecode.js';
import { parseAddress } from './address.js';
import { chatDecoder, encodeChat } from './dialects/openaiChat.js';
import { encodeSpeech } from './dialects/openaiSpeech.js';
import { decodeTranscription, encodeTranscription, transcriptionDecoder } from './dialects/openaiTranscription.js';
import { refuseErrorBody } from './dialects/wire.js';
import { explain, type Asked } from './failure.js';
import { decodeListing, listedModels } from './listedModels.js';
import { isAlive, modelFacts, type ModelFacts } from './modelRows.js';
import { askWire, type WireAnswer } from './openaiClient.js';
import type { Call } from './wireCall.js';
import type { OpenaiWireVendor } from './openaiWireVendor.js';
import type { AnswerEvent, AnswerRequest, Provider, ProviderContext, TranscriptionEvent } from './provider.js';
import type { ProviderSettings } from './providerSettings.js';
import { secretsIn } from './redact.js';

const listingTimeoutSeconds = 5;
/** With the body, which the SDK does not time. */
const wholeListingTimeoutSeconds = 8;

async function* readAnswer(answer: WireAnswer): AsyncGenerator<AnswerEvent> {
  const decoder = chatDecoder();
  if (!answer.isStream) {
    yield* decoder.push(await answer.json());
    // A plain answer is whole, whether or not it says why it ended.
    decoder.end(true);
    return;
  }
  for await (const event of answer.events()) yield* decoder.push(event);
  decoder.end(answer.sawEnd());
}

async function* readTranscription(answer: WireAnswer, facts: ModelFacts): AsyncGenerator<TranscriptionEvent> {
  if (!answer.isStream) {
    yield* decodeTranscription(await answer.json());
    return;
  }
  const decoder = transcriptionDecoder(facts.transcription);
  for await (const event of answer.events()) yield* decoder.push(event);
  decoder.end();
}

/** Where the minute is billed and the answer counts only tokens, the length of what was sent is what is paid for. */
async function* billByDuration(
  events: AsyncIterable<TranscriptionEvent>,
  { capabilities }: ModelFacts,
  audioSeconds: number | undefined,
): AsyncGenerator<TranscriptionEvent> {
  const isTimed = capabilities.prices?.perAudioMinute !== undefined && audioSeconds !== undefined;
  for await (const event of events) {
    yield isTimed && event.type === 'usage' ? { type: 'usage', usage: { audioSeconds, ...event.usage } } : event;
  }
}

/** What a request is about, for the words about its failure. */
type About = Partial<Pick<Asked, 'model' | 'fileName' | 'orElse'>>;

/** Whoever speaks OpenAI's wire format: the vendor's table and the user's settings make the difference. */
export function openaiProvider(
  name: string,
  settings: ProviderSettings,
  vendor: OpenaiWireVendor,
  context: ProviderContext,
): Provider {
  const label = settings.label ?? name;
  const baseUrl = settings.baseUrl ?? vendor.baseUrl;
  if (baseUrl === undefined) {
    throw new EarshotError(
      'invalid-settings',
      `The provider "${name}" in the setting earshot.providers has no baseUrl. Add one, for example "http://127.0.0.1:8000/v1".`,
      { provider: name },
    );
  }
  const address = parseAddress(baseUrl, name);
  const headers = settings.headers ?? {};
  const brings = Object.keys(headers).some((header) => /^(?:authorization|(?:x-)?api-key)$/i.test(header));
  const keyRequired = vendor.needsKey && !brings;
  const secrets = secretsIn([...Object.values(headers), ...address.queryValues]);
  secrets.forEach(context.addSecret);
  const getKey = (): Promise<string | undefined> => context.getKey(name, address.origin);

  const refuse = (reason: ErrorReason, message: string): EarshotError =>
    new EarshotError(reason, message, { provider: name });

  const prepare = (key: string | undefined, about: About): Call => ({
    baseUrl: address.baseUrl,
    fetch: context.fetch,
    log: context.log,
    key,
    headers,
    asked: {
      provider: name,
      label,
      address: address.display,
      sentKey: key !== undefined || brings,
      secrets: [...(key === undefined ? [] : [key]), ...secrets],
      ...about,
    },
  });

  const callAbout = async (about: About): Promise<Call> => {
    const key = await getKey();
    if (key === undefined && keyRequired) {
      throw refuse('missing-key', `${label} asks for an API key, and none is set. Set one with Set API Key.`);
    }
    return prepare(key, about);
  };

  const listing = listedModels(async () => {
    const orElse = `Or name its models under earshot.providers › ${name} › models, which needs no list.`;
    const call = { ...prepare(await getKey(), { orElse }), timeoutSeconds: listingTimeoutSeconds, maxRetries: 0 };
    const read = async function* (answer: WireAnswer) {
      yield decodeListing(await answer.json());
    };
    const signal = AbortSignal.timeout(wholeListingTimeoutSeconds * 1000);
    try {
      const sent = askWire(call, (client, options) => client.models.list(options), read, signal);
      for await (const rows of sent) return rows;
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

  const namedIds = Object.keys(settings.models ?? {});
  const rowIds = vendor.rows.flatMap(({ match }) => (typeof match === 'string' ? [match] : []));
  const knownModels = (): readonly Model[] => {
    const now = new Date();
    const ids = new Set([...namedIds, ...rowIds, ...listing.ids()]);
    return [...ids].map(modelOf).filter(({ capabilities }) => isAlive(capabilities, now));
  };

  const need = (id: string, can: keyof Capabilities, verb: string): ModelFacts => {
    const facts = factsOf(id);
    if (facts.capabilities[can] === true) return facts;
    throw refuse(
      'model-lacks-capability',
      `The model "${id}" of ${label} cannot ${verb}. Select another model, or, if it can, say so under earshot.providers › ${name} › models.`,
    );
  };

  const checkQuestion = (request: AnswerRequest): ModelFacts => {
    refuseImagesWithAudio(request.messages);
    const hears = hasAudio(request.messages);
    const facts = need(request.model, hears ? 'audioInput' : 'chat', hears ? 'hear audio' : 'answer questions');
    if (!hears && facts.capabilities.needsAudio === true) {
      throw refuse(
        'model-lacks-capability',
        `The model "${request.model}" of ${label} answers only questions that hold audio. Attach a recording, or select a model that reads text.`,
      );
    }
    let byteLength = 0;
    for (const block of request.messages.flatMap((message) => message.content)) {
      if (block.type !== 'input_audio') continue;
      const { data, format } = block.input_audio;
      byteLength += data.byteLength;
      if (facts.capabilities.inputFormats.includes(format)) continue;
      const taken = facts.capabilities.inputFormats.map(mediaFormatLabel).join(' or ');
      throw refuse(
        'unsupported-media',
        `The model "${request.model}" of ${label} takes ${taken}, and this recording is ${mediaFormatLabel(format)}. Convert it, or select another model.`,
      );
    }
    const limit = facts.capabilities.maxInputBytes;
    if (limit !== undefined && byteLength > limit) {
      throw refuse(
        'clip-too-large',
        `The recordings of this question have ${formatByteLength(byteLength)}, and "${request.model}" of ${label} takes ${formatByteLength(limit)}. Ask about a shorter part, or transcribe first.`,
      );
    }
    return facts;
  };

  return {
    name,
    label,
    isLocal: false,
    destination: { origin: address.origin, isLoopback: address.isLoopback },
    key: {
      origin: address.origin,
      required: keyRequired,
      ...(vendor.keyPage === undefined ? {} : { page: vendor.keyPage }),
    },
    readiness: async () =>
      keyRequired && (await getKey()) === undefined
        ? { state: 'missing-key', detail: `No API key is set for ${address.origin}. Set one with Set API Key.` }
        : { state: 'ready', detail: address.display },
    models: async (signal) => {
      if (vendor.listsModels) {
        await listing.refresh(signal).catch((error: unknown) => {
          if (isCancelled(error) || namedIds.length === 0) throw error;
        });
      }
      return knownModels();
    },
    knownModels,
    model: (id) => Promise.resolve(modelOf(id)),
    converse: async function* (request, signal) {
      const facts = checkQuestion(request);
      const call = await callAbout({ model: request.model });
      const body = encodeChat(request, facts.chat);
      yield* askWire(call, (client, options) => client.chat.completions.create(body, options), readAnswer, signal);
    },
    transcribe: async function* (request, signal) {
      const facts = need(request.model, 'transcription', 'transcribe');
      const call = await callAbout({ model: request.model, fileName: request.audio.fileName });
      const body = encodeTranscription(request, facts.capabilities, facts.transcription);
      yield* askWire(
        call,
        (client, options) => client.audio.transcriptions.create(body, options),
        (answer) => billByDuration(readTranscription(answer, facts), facts, request.audio.durationSeconds),
        signal,
      );
    },
    speak: async function* (request, signal) {
      const facts = need(request.model, 'speech', 'speak');
      const call = await callAbout({ model: request.model });
      const { body, format } = encodeSpeech(request, facts.capabilities, facts.speech);
      const read = async function* (answer: WireAnswer): AsyncGenerator<Uint8Array> {
        yield await answer.bytes();
      };
      const sent = askWire(call, (client, options) => client.audio.speech.create(body, options), read, signal);
      for await (const bytes of sent) yield { type: 'bytes', bytes, format };
      yield { type: 'usage', usage: { characters: request.text.length } };
    },
    checkKey: async (key, signal) => {
      const call = { ...prepare(key, {}), timeoutSeconds: 15 };
      const read = async function* (answer: WireAnswer): AsyncGenerator<void> {
        refuseErrorBody(await answer.json());
        yield;
      };
      for await (const checked of askWire(call, (client, options) => client.models.list(options), read, signal))
        return checked;
    },
  };
}
