import type * as vscode from 'vscode';
import type { Piece, PrepareOptions } from '../audio/engine.js';
import { type Citation, TimeReferences } from '../core/citations/timeReferences.js';
import type { Probe } from '../core/clip.js';
import { EarshotError } from '../core/errors.js';
import type { JsonObject } from '../core/extraction/json.js';
import { parseModelRef, type ModelRef } from '../core/model.js';
import type { Usage } from '../core/usage.js';
import { ask, type AnswerWay } from '../workflows/ask.js';
import { chooseAnswerer, chooseSpeaker, chooseTranscriber, type FindTranscriber } from '../workflows/chooseModel.js';
import { extractFromClips, type Extraction } from '../workflows/extract.js';
import { Bill } from '../workflows/extractionBill.js';
import type { OpenClip } from '../workflows/ports.js';
import { speakWhole, type WholeSpeechFile } from '../workflows/speakWhole.js';
import { transcribeClip, type TranscribeOutcome } from '../workflows/transcribeClip.js';
import { readGlossary } from './glossary.js';
import type { Services } from './services.js';
import { readSettings } from './settings.js';

/** What whoever asks may say about a piece of work. */
export interface Wish {
  /** `provider:model`; absent: as the settings say. */
  readonly model?: string;
  readonly sendSilent?: boolean;
  readonly onProgress?: (text: string) => void;
}

export interface Answered {
  readonly text: string;
  readonly way: Exclude<AnswerWay, 'nobody'>;
  readonly usage: Usage;
  /** US dollars; undefined when a part of it has no known price. */
  readonly cost: number | undefined;
  /** Each names its recording by its Uri. */
  readonly citations: readonly Citation[];
  readonly notices: readonly string[];
}

export interface ExtractionWish extends Wish {
  readonly prompt?: string;
  readonly maxAttempts?: number;
}

/**
 * The verbs for callers that are no person: other extensions and other models. Settings count as they do for commands;
 * nothing is shown, nothing is written. Each throws EarshotError.
 */
export interface Listening {
  readonly probe: (uri: vscode.Uri, signal: AbortSignal) => Promise<Probe>;
  readonly prepare: (uri: vscode.Uri, options: PrepareOptions, signal: AbortSignal) => AsyncIterable<Piece>;
  readonly transcribe: (
    uri: vscode.Uri,
    wish: Wish & { readonly language?: string; readonly glossary?: readonly string[] },
    signal: AbortSignal,
  ) => Promise<TranscribeOutcome>;
  readonly ask: (uris: readonly vscode.Uri[], prompt: string, wish: Wish, signal: AbortSignal) => Promise<Answered>;
  readonly extract: (
    uris: readonly vscode.Uri[],
    schema: JsonObject,
    wish: ExtractionWish,
    signal: AbortSignal,
  ) => Promise<Extraction>;
  readonly speak: (
    text: string,
    wish: Pick<Wish, 'model'> & { readonly voice?: string; readonly instructions?: string; readonly speed?: number },
    signal: AbortSignal,
  ) => Promise<WholeSpeechFile>;
}

const whoAsks = 'the argument "model"';

function wished(model: string | undefined, setting: () => ModelRef | undefined): ModelRef | undefined {
  return model === undefined ? setting() : parseModelRef(model, whoAsks);
}

async function hintsFor(
  uri: vscode.Uri | undefined,
): Promise<{ readonly glossary: readonly string[]; readonly language?: string }> {
  const { language } = readSettings(uri);
  return { glossary: (await readGlossary(uri)).terms, ...(language === undefined ? {} : { language }) };
}

/** The times that an answer refers to, each once. */
async function citationsIn(
  answer: string,
  clips: readonly OpenClip[],
  services: Services,
  signal: AbortSignal,
): Promise<readonly Citation[]> {
  const cited = await Promise.all(
    clips.map(async ({ uri, name, source }, index) => {
      const { durationSeconds } = await services.engine.probe(source, signal);
      return { uri, name, number: index + 1, ...(durationSeconds === undefined ? {} : { durationSeconds }) };
    }),
  );
  const references = new TimeReferences(cited, () => '');
  references.push(answer);
  references.finish();
  return references.citations;
}

export function createListening(services: Services): Listening {
  const openAll = async (uris: readonly vscode.Uri[]): Promise<readonly OpenClip[]> => {
    const clips: OpenClip[] = [];
    for (const uri of uris) clips.push(await services.openClip(uri));
    return clips;
  };
  const silence = ({ sendSilent }: Wish) => (sendSilent === undefined ? {} : { sendSilent });

  return {
    probe: async (uri, signal) => services.engine.probe((await services.openClip(uri)).source, signal),

    async *prepare(uri, options, signal) {
      const { source } = await services.openClip(uri);
      yield* services.engine.prepare(source, options, signal);
    },

    transcribe: async (uri, wish, signal) => {
      const clip = await services.openClip(uri);
      const settings = readSettings(uri);
      const chosen = await chooseTranscriber(
        await services.survey(signal),
        wished(wish.model, settings.transcriptionModel),
      );
      const language = wish.language ?? settings.language;
      return transcribeClip(
        clip,
        {
          chosen,
          glossary: [...new Set([...(await readGlossary(uri)).terms, ...(wish.glossary ?? [])])],
          ...(language === undefined ? {} : { language }),
          ...silence(wish),
        },
        services,
        signal,
        ({ latest, delivery }) => {
          const line = latest ?? (delivery === undefined ? undefined : `${clip.name} is ${delivery}`);
          if (line !== undefined) wish.onProgress?.(line);
        },
      );
    },

    ask: async (uris, prompt, wish, signal) => {
      const settings = readSettings(uris[0]);
      const clips = await openAll(uris);
      const steps = ask(
        {
          prompt,
          clips,
          history: [],
          hints: await hintsFor(uris[0]),
          ...silence(wish),
          model: { ours: wished(wish.model, settings.model) },
          // Read when somebody has to transcribe: a mistake in it is no reason not to ask a model that hears.
          get transcriptionModel() {
            return settings.transcriptionModel();
          },
        },
        await services.survey(signal),
        services,
        signal,
      );
      const bill = new Bill();
      const notices: string[] = [];
      let text = '';
      for (;;) {
        const { value, done } = await steps.next();
        if (done === true) {
          if (value === 'nobody' || text === '') {
            throw new EarshotError(
              'no-model',
              `${notices.join(' ')} Set an API key or point Earshot at a server; Select Audio Model shows the choices.`,
            );
          }
          const citations = await citationsIn(text, clips, services, signal);
          return { text, way: value, usage: bill.usage, cost: bill.dollars, citations, notices };
        }
        if (value.type === 'text') text += value.text;
        else if (value.type === 'usage') bill.add(value.label, value.usage, value.of);
        else if (value.type === 'progress') wish.onProgress?.(value.text);
        else if (value.type === 'notice' || value.type === 'offer') notices.push(value.text);
      }
    },

    extract: async (uris, schema, wish, signal) => {
      const settings = readSettings(uris[0]);
      const states = await services.survey(signal);
      const findTranscriber: FindTranscriber = (reader) =>
        chooseTranscriber(states, settings.transcriptionModel(), reader);
      const answerer = await chooseAnswerer(states, wished(wish.model, settings.model), findTranscriber);
      if (!('chosen' in answerer)) {
        throw new EarshotError(
          'no-model',
          'No language model is set up, so nothing can extract data from a recording. Set an API key or point Earshot at a server; Select Audio Model shows the choices.',
        );
      }
      return extractFromClips(
        await openAll(uris),
        {
          schema,
          schemaName: 'the schema',
          extractor: { chosen: answerer.chosen },
          findTranscriber,
          hints: await hintsFor(uris[0]),
          ...(wish.prompt === undefined ? {} : { prompt: wish.prompt }),
          ...(wish.maxAttempts === undefined ? {} : { maxAttempts: wish.maxAttempts }),
          ...silence(wish),
        },
        services,
        signal,
        wish.onProgress,
      );
    },

    speak: async (text, { model, ...wish }, signal) => {
      const chosen = await chooseSpeaker(
        await services.survey(signal),
        wished(model, () => readSettings().speechModel()),
      );
      return speakWhole(chosen, { text, ...wish }, signal);
    },
  };
}
