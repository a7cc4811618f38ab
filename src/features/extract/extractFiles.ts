import pLimit from 'p-limit';
import * as vscode from 'vscode';
import { EarshotError, throwIfCancelled, toEarshotError } from '../../core/errors.js';
import { evidenceByPointer } from '../../core/extraction/provenance.js';
import { formatModelRef, parseModelRef } from '../../core/model.js';
import { signalOf } from '../../host/cancellation.js';
import { fileName } from '../../host/clips.js';
import { readGlossary } from '../../host/glossary.js';
import type { Services } from '../../host/services.js';
import { readSettings } from '../../host/settings.js';
import { chooseAnswerer, chooseTranscriber, type ProviderState } from '../../workflows/chooseModel.js';
import { extractFromClips, type Extraction } from '../../workflows/extract.js';
import { compileSchema } from '../../workflows/schemaValidator.js';
import { saveResult, type SavedResult } from './resultFiles.js';
import type { NamedSchema } from './schemas.js';

/** Servers are asked in parallel; programs on this machine would only take each other's processor. */
const concurrency = { server: 3, program: 1 } as const;

export interface ExtractArguments {
  readonly prompt?: string;
  /** `provider:model`. */
  readonly model?: string;
  /** Send recordings also where there is nothing to hear in them. */
  readonly sendSilent?: boolean;
}

export interface Extracted {
  readonly uri: vscode.Uri;
  readonly extraction: Extraction;
  readonly provenance: Parameters<typeof saveResult>[2];
}

export interface NotExtracted {
  readonly uri: vscode.Uri;
  readonly error: EarshotError;
}

async function extractFile(
  uri: vscode.Uri,
  { name, schema }: NamedSchema,
  states: readonly ProviderState[],
  services: Services,
  given: ExtractArguments,
  limits: {
    readonly server: <T>(work: () => Promise<T>) => Promise<T>;
    readonly program: <T>(work: () => Promise<T>) => Promise<T>;
  },
  signal: AbortSignal,
  report: (text: string) => void,
): Promise<Extracted> {
  const settings = readSettings(uri);
  const ref = given.model === undefined ? settings.model() : parseModelRef(given.model, 'the command argument');
  const findTranscriber = (reader?: Parameters<typeof chooseTranscriber>[2]) =>
    chooseTranscriber(states, settings.transcriptionModel(), reader);
  const answerer = await chooseAnswerer(states, ref, findTranscriber);
  if (!('chosen' in answerer)) {
    throw new EarshotError(
      'no-model',
      'No language model is set up, so nothing can extract data from a recording. Set an API key or point Earshot at a server; Select Audio Model shows the choices.',
    );
  }
  const { chosen } = answerer;
  return limits[chosen.provider.isLocal ? 'program' : 'server'](async () => {
    throwIfCancelled(signal);
    const clip = await services.openClip(uri);
    services.log.info(`Extracting ${name} from ${clip.name} with ${formatModelRef(chosen.model.ref)}`);
    const extraction = await extractFromClips(
      [clip],
      {
        schema,
        schemaName: name,
        extractor: { chosen },
        findTranscriber,
        hints: {
          glossary: (await readGlossary(uri)).terms,
          ...(settings.language === undefined ? {} : { language: settings.language }),
        },
        ...(given.prompt === undefined ? {} : { prompt: given.prompt }),
        ...(given.sendSilent === undefined ? {} : { sendSilent: given.sendSilent }),
      },
      services,
      signal,
      report,
    );
    const { cost, isValid, errors, attempts, usage, warnings, evidence, from } = extraction;
    services.log.info(
      `Data of ${clip.name}: ${isValid ? 'valid' : 'not valid'} after ${attempts} attempts. ${extraction.bill}`,
    );
    for (const warning of warnings) services.log.warn(warning);
    return {
      uri: vscode.Uri.parse(clip.uri),
      extraction,
      provenance: {
        source: clip.name,
        sourceSha256: await services.engine.sha256(clip.source),
        model: formatModelRef(chosen.model.ref),
        from,
        createdAt: services.now().toISOString(),
        isValid,
        errors,
        attempts,
        usage,
        ...(cost === undefined ? {} : { cost }),
        warnings,
        evidence: evidenceByPointer(evidence),
        ...(given.prompt === undefined ? {} : { prompt: given.prompt }),
        schemaName: name,
        schema,
      },
    };
  });
}

export interface Extractions {
  /** In the order in which the recordings were given. */
  readonly done: readonly Extracted[];
  readonly failed: readonly NotExtracted[];
}

/** Extracts from each recording by itself. A failure of one leaves the others alone. */
export async function extractFiles(
  uris: readonly vscode.Uri[],
  schema: NamedSchema,
  services: Services,
  given: ExtractArguments,
): Promise<Extractions> {
  // What is wrong with the schema is better known before anything is opened.
  await compileSchema(schema.schema, schema.name);
  const done = new Map<vscode.Uri, Extracted>();
  const failed: NotExtracted[] = [];
  const [first] = uris;
  await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      cancellable: true,
      title: `Extracting ${schema.name} from ${uris.length === 1 && first !== undefined ? fileName(first) : `${uris.length} recordings`}`,
    },
    async (progress, token) => {
      const { signal, dispose } = signalOf(token);
      try {
        const states = await services.survey(signal);
        const limits = { server: pLimit(concurrency.server), program: pLimit(concurrency.program) };
        await Promise.all(
          uris.map(async (uri) => {
            const report = (text: string): void => {
              const count = uris.length === 1 ? '' : `${done.size} of ${uris.length} done. `;
              progress.report({ message: `${count}${text}` });
            };
            try {
              done.set(uri, await extractFile(uri, schema, states, services, given, limits, signal, report));
            } catch (thrown) {
              failed.push({ uri, error: toEarshotError(thrown) });
            }
          }),
        );
      } finally {
        dispose();
      }
    },
  );
  return { done: uris.flatMap((uri) => done.get(uri) ?? []), failed };
}

export function save({ uri, extraction, provenance }: Extracted): Promise<SavedResult> {
  return saveResult(uri, extraction.value, provenance);
}
