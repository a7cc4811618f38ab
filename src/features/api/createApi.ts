import * as vscode from 'vscode';
import type { EarshotApi, EarshotApiError, WorkOptions } from '../../api.js';
import { EarshotError, throwIfCancelled, toEarshotError } from '../../core/errors.js';
import { isJsonObject } from '../../core/extraction/json.js';
import { mediaFormatNames, type MediaFormatName } from '../../core/media.js';
import { transcriptText } from '../../core/transcript.js';
import type { Listening } from '../../host/listening.js';
import type { Services } from '../../host/services.js';

const mostAttempts = 10;

function wrong(what: string): EarshotError {
  return new EarshotError('invalid-argument', `Earshot was called with an argument that it does not take: ${what}.`);
}

/** Other extensions may be written in JavaScript. */
function checkUris(uris: unknown): readonly vscode.Uri[] {
  if (Array.isArray(uris) && uris.every((uri) => uri instanceof vscode.Uri)) return uris;
  throw wrong('the recordings must be an array of vscode.Uri');
}

function checkUri(uri: unknown): vscode.Uri {
  if (uri instanceof vscode.Uri) return uri;
  throw wrong('the recording must be a vscode.Uri');
}

function checkText(text: unknown, name: string): string {
  if (typeof text === 'string' && text.trim() !== '') return text;
  throw wrong(`${name} must be a text that is not empty`);
}

function formatsOf(formats: readonly string[]): readonly MediaFormatName[] {
  return formats.map((format) => {
    const known = mediaFormatNames.find((name) => name === format);
    if (known === undefined) throw wrong(`the format ${format} is none of ${mediaFormatNames.join(', ')}`);
    return known;
  });
}

/** What `activate` gives to other extensions: the verbs, with arguments checked and questions to the user forbidden. */
export function createApi(listening: Listening, services: Pick<Services, 'forbidQuestions' | 'log'>): EarshotApi {
  /** Each call has a signal of its own, so that what the user allows for one holds for no other. */
  const own = (signal: AbortSignal | undefined, options: Pick<WorkOptions, 'mayAskUser'> = {}): AbortSignal => {
    throwIfCancelled(signal);
    const ofThisCall = AbortSignal.any(signal === undefined ? [] : [signal]);
    if (options.mayAskUser !== true) services.forbidQuestions(ofThisCall);
    return ofThisCall;
  };
  const outward = (thrown: unknown): EarshotApiError => {
    const error = toEarshotError(thrown);
    if (error.reason !== 'cancelled') services.log.error(error);
    return error;
  };
  const guarded = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (thrown) {
      throw outward(thrown);
    }
  };

  return {
    version: 1,

    probe: (uri, signal) =>
      guarded(async () => {
        const { container, codec, byteLength, durationSeconds, sampleRate, channels } = await listening.probe(
          checkUri(uri),
          own(signal),
        );
        return {
          container,
          codec,
          byteLength,
          ...(durationSeconds === undefined ? {} : { durationSeconds }),
          ...(sampleRate === undefined ? {} : { sampleRate }),
          ...(channels === undefined ? {} : { channels }),
        };
      }),

    async *prepare(uri, { formats, maxBytes, maxSeconds }, signal) {
      try {
        const options = {
          formats: formatsOf(formats),
          ...(maxBytes === undefined ? {} : { maxBytes }),
          ...(maxSeconds === undefined ? {} : { maxSeconds }),
        };
        for await (const piece of listening.prepare(checkUri(uri), options, own(signal))) {
          const { bytes, format, startSeconds, endSeconds } = piece;
          yield { bytes, format, startSeconds, endSeconds };
        }
      } catch (thrown) {
        throw outward(thrown);
      }
    },

    transcribe: (uri, options = {}, signal) =>
      guarded(async () => {
        const { transcript, stoppedBy, warnings } = await listening.transcribe(
          checkUri(uri),
          options,
          own(signal, options),
        );
        const { segments, provenance } = transcript;
        const { model, sourceSha256, language, completeUntilSeconds, usage = {} } = provenance;
        return {
          segments,
          text: transcriptText(segments),
          model,
          sourceSha256,
          usage,
          warnings,
          ...(language === undefined ? {} : { language }),
          ...(completeUntilSeconds === undefined ? {} : { completeUntilSeconds }),
          ...(stoppedBy === undefined ? {} : { stoppedBy }),
        };
      }),

    ask: (uris, prompt, options = {}, signal) =>
      guarded(async () => {
        const question = checkText(prompt, 'the question');
        const { citations, ...answer } = await listening.ask(checkUris(uris), question, options, own(signal, options));
        const cited = citations.map(({ place, ...range }) => ({ ...range, isInside: place !== 'outside' }));
        return { ...answer, citations: cited };
      }),

    extract: (uris, schema, options = {}, signal) =>
      guarded(async () => {
        if (!isJsonObject(schema)) throw wrong('the schema must be a JSON object');
        const { maxAttempts } = options;
        if (maxAttempts !== undefined && !(maxAttempts >= 1 && maxAttempts <= mostAttempts)) {
          throw wrong(`maxAttempts must be 1 to ${mostAttempts}`);
        }
        const extraction = await listening.extract(checkUris(uris), schema, options, own(signal, options));
        const { value, isValid, errors, attempts, evidence, usage, cost, warnings } = extraction;
        return { value, isValid, errors, attempts, evidence, usage, cost, warnings };
      }),

    speak: (text, options = {}, signal) =>
      guarded(async () => {
        const { model, voice, instructions, speed } = options;
        const wish = {
          ...(model === undefined ? {} : { model }),
          ...(voice === undefined ? {} : { voice }),
          ...(instructions === undefined ? {} : { instructions }),
          ...(speed === undefined ? {} : { speed }),
        };
        const spoken = await listening.speak(checkText(text, 'the text'), wish, own(signal, options));
        return { ...spoken, transcript: text };
      }),
  };
}
