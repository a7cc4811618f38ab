import { EarshotError, throwIfCancelled } from '../../core/errors.js';
import { mediaFormatLabel, mediaFormats } from '../../core/media.js';
import { Failed } from '../dialects/wire.js';
import type {
  ProgramOptions,
  ProgramRun,
  ProviderContext,
  TranscriptionEvent,
  TranscriptionRequest,
  WorkFolder,
} from '../provider.js';
import { redact, trimText } from '../redact.js';
import { fillArguments, type PlaceholderValues } from './fillArguments.js';
import type { FoundProgram } from './foundPrograms.js';
import { outputReaders } from './readOutput.js';

/** One program, and the provider in whose name it runs. */
export interface Owner {
  readonly provider: string;
  readonly found: FoundProgram;
  readonly context: ProviderContext;
}

export function problem(
  owner: Owner,
  reason: 'program-failed' | 'unsupported-media',
  message: string,
  detail?: string,
) {
  return new EarshotError(reason, message, {
    provider: owner.provider,
    ...(detail === undefined ? {} : { detail: redact(detail) }),
  });
}

/** The folder that holds a file of the work folder. */
export function folderOf(folder: WorkFolder): string {
  const probe = 'x';
  return folder.path(probe).slice(0, -(probe.length + 1));
}

/** @throws EarshotError `program-failed` with what it said last when it fails. */
export async function run(
  owner: Owner,
  programArguments: readonly string[],
  options: ProgramOptions,
): Promise<ProgramRun> {
  const { found, context, provider } = owner;
  const startedAt = Date.now();
  const done = await context.programs.run(found.program, programArguments, options);
  context.log(`${provider}: ${found.program} ended with ${done.exitCode} after ${Date.now() - startedAt} ms`);
  throwIfCancelled(options.signal);
  if (done.exitCode !== 0) {
    const lastLine = done.stderr.split(/\r?\n/).findLast((line) => line.trim() !== '');
    const said = lastLine === undefined ? '' : ` It said: "${trimText(redact(lastLine))}"`;
    throw problem(
      owner,
      'program-failed',
      `${found.label} failed with exit code ${done.exitCode}.${said} Try another model; the log has all it said.`,
      done.stderr,
    );
  }
  return done;
}

/** Pushes what the program says about the recording, as early as its format allows. Nothing said pushes nothing. */
export async function runTranscription(
  owner: Owner,
  request: TranscriptionRequest,
  push: (event: TranscriptionEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const { found, context } = owner;
  const program = found.row.transcription;
  if (program === undefined) return;
  const { audio } = request;
  if (!program.inputFormats.includes(audio.format)) {
    const taken = program.inputFormats.map(mediaFormatLabel).join(' or ');
    throw problem(
      owner,
      'unsupported-media',
      `${found.label} reads ${taken}, and ${audio.fileName} is ${mediaFormatLabel(audio.format)}. Convert it, or select another model.`,
    );
  }
  await context.programs.withFolder(async (folder) => {
    const inputName = `input.${mediaFormats[audio.format].extensions[0]}`;
    await folder.write(inputName, audio.bytes);
    const language = request.language?.split(/[-_]/, 1)[0] ?? program.anyLanguage;
    const values: PlaceholderValues = {
      input: folder.path(inputName),
      output: folder.path('output'),
      folder: folderOf(folder),
      ...(language === undefined ? {} : { language }),
      ...(found.modelFile === undefined ? {} : { model: found.modelFile }),
    };
    const { outputFile } = program;
    const reader = outputReaders[program.output](outputFile === undefined);
    const done = await run(owner, fillArguments(program.arguments, values, found.label), {
      signal,
      ...(outputFile === undefined
        ? {
            onLine: (line: string) => {
              reader.line(line).forEach(push);
            },
          }
        : {}),
    });
    const content = outputFile === undefined ? done.stdout : await readFile(owner, folder, outputFile, inputName);
    try {
      const events = reader.end(content);
      if (events !== undefined) {
        events.forEach(push);
        return;
      }
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
    }
    throw problem(
      owner,
      'program-failed',
      `What ${found.label} wrote is not ${program.output}, as its settings say. Set the right output format in the setting earshot.providers.`,
      content.slice(0, 2000),
    );
  });
}

async function readFile(owner: Owner, folder: WorkFolder, template: string, inputName: string): Promise<string> {
  const name = template
    .replaceAll('{output}', 'output')
    .replaceAll('{input}', inputName)
    .replace(/^\{folder\}[\\/]/, '');
  const bytes = await folder.read(name);
  if (bytes !== undefined) return new TextDecoder().decode(bytes);
  throw problem(
    owner,
    'program-failed',
    `${owner.found.label} ended without writing its output (${name}). Check its arguments in the setting earshot.providers, or select another model.`,
  );
}
