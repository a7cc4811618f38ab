import * as vscode from 'vscode';
import { escapeMarkdown } from '../../core/formats/markdown.js';
import { formatCost } from '../../core/usage.js';
import type { Segment } from '../../core/transcript.js';
import type { Listening } from '../../host/listening.js';
import type { Services } from '../../host/services.js';
import { readSettings } from '../../host/settings.js';
import { readTranscript, saveTranscript, transcriptUri } from '../../host/transcriptFiles.js';
import { findNamedFile, type NamedFile } from '../../host/workspacePaths.js';
import type { EarshotTool, ToolOutcome } from './earshotTool.js';
import { foretellAnswer, foretellTranscription } from './foretell.js';
import { ToolInput } from './toolInput.js';
import { longestInline, materialNote, shortened, speakersOf, timedLine } from './toolText.js';

const extractionAttempts = 3;

function namesOf(files: readonly NamedFile[]): string {
  return files.length > 3 ? `${files.length} recordings` : files.map(({ shown }) => shown).join(', ');
}

const isOutside = (file: NamedFile): boolean => file.isOutside;

async function filesOf(input: ToolInput): Promise<readonly NamedFile[]> {
  return Promise.all(input.texts('files').map(findNamedFile));
}

interface Told {
  readonly file: NamedFile;
  readonly segments: readonly Segment[];
  readonly transcript?: vscode.Uri;
  readonly model?: string;
  readonly language?: string;
  readonly completeUntilSeconds?: number;
  readonly notices: readonly string[];
}

function tell({ file, segments, transcript, notices, ...rest }: Told): ToolOutcome {
  const lines = segments.map(timedLine);
  const { text, count } = shortened(lines);
  const path = transcript === undefined ? undefined : vscode.workspace.asRelativePath(transcript);
  const where = path === undefined ? '' : ` The whole transcript is in ${path}.`;
  const isWhole = count === lines.length;
  const first = isWhole
    ? `Transcript of ${file.shown}, ${lines.length} segments.${where}`
    : `Transcript of ${file.shown}: the first ${count} of ${lines.length} segments, since it is long.${where} ${path === undefined ? 'Ask about the rest with earshot_ask.' : 'Read the file for the rest, or search it with earshot_find.'}`;
  return {
    text: [first, ...notices, materialNote, '', text].join('\n'),
    data: {
      file: file.shown,
      ...(path === undefined ? {} : { transcript: path }),
      segmentCount: lines.length,
      shownSegmentCount: count,
      durationSeconds: segments.at(-1)?.endSeconds ?? 0,
      speakers: speakersOf(segments),
      ...rest,
      notices,
    },
  };
}

/** The transcript that stands beside the recording and is of exactly these bytes. */
async function besideIt(uri: vscode.Uri, sha256: string): Promise<vscode.Uri | undefined> {
  const beside = transcriptUri(uri);
  return (await readTranscript(beside))?.sourceSha256 === sha256 ? beside : undefined;
}

export function transcribeTool(listening: Listening, services: Services): EarshotTool {
  return {
    outside: async (given) => [await findNamedFile(new ToolInput(given).text('file'))].filter(isOutside),
    plan: async (given, signal) => {
      const file = await findNamedFile(new ToolInput(given).text('file'));
      const { lines, isThere } = await foretellTranscription(file, services, signal);
      const writes = isThere || file.isOutside ? [] : ['The transcript is saved beside it. Nothing is written over.'];
      return {
        title: `Transcribe ${file.shown}?`,
        lines: [...lines, ...writes],
        progress: `Transcribing ${file.shown}`,
        isHarmless: isThere,
      };
    },
    run: async (given, signal) => {
      const input = new ToolInput(given);
      const file = await findNamedFile(input.text('file'));
      const clip = await services.openClip(file.uri);
      const sha256 = await services.engine.sha256(clip.source, signal);
      const existing = await services.shelf.find(clip, sha256);
      if (existing !== undefined) {
        const transcript = await besideIt(file.uri, sha256);
        return tell({ file, segments: existing, notices: [], ...(transcript === undefined ? {} : { transcript }) });
      }
      const language = input.optionalText('language');
      const outcome = await listening.transcribe(file.uri, language === undefined ? {} : { language }, signal);
      const { segments, provenance } = outcome.transcript;
      const notices = [...outcome.warnings];
      if (outcome.stoppedBy !== undefined) notices.push(`It stopped early: ${outcome.stoppedBy.message}`);
      else await services.shelf.keep(clip, sha256, segments);
      // Beside a file that is none of the workspace's nothing is left.
      const saved = file.isOutside
        ? undefined
        : await saveTranscript(file.uri, outcome.transcript, {
            where: readSettings(file.uri).save,
            format: readSettings(file.uri).format,
          });
      if (saved?.unsavedBecause !== undefined) notices.push(saved.unsavedBecause);
      const { model, language: spoken, completeUntilSeconds } = provenance;
      return tell({
        file,
        segments,
        model,
        notices,
        ...(saved === undefined ? {} : { transcript: saved.uri }),
        ...(spoken === undefined ? {} : { language: spoken }),
        ...(completeUntilSeconds === undefined ? {} : { completeUntilSeconds }),
      });
    },
  };
}

export function askTool(listening: Listening, services: Services): EarshotTool {
  return {
    outside: async (given) => (await filesOf(new ToolInput(given))).filter(isOutside),
    plan: async (given, signal) => {
      const input = new ToolInput(given);
      const question = input.text('question');
      const files = await filesOf(input);
      return {
        title: `Ask about ${namesOf(files)}?`,
        lines: [`“${escapeMarkdown(question)}”`, ...(await foretellAnswer(files, 'answers', 1, services, signal))],
        progress: `Asking about ${namesOf(files)}`,
      };
    },
    run: async (given, signal) => {
      const input = new ToolInput(given);
      const question = input.text('question');
      const files = await filesOf(input);
      const uris = files.map(({ uri }) => uri);
      const { text, way, usage, cost, citations, notices } = await listening.ask(uris, question, {}, signal);
      return {
        text: [materialNote, '', text.slice(0, longestInline), ...notices.map((notice) => `> ${notice}`)].join('\n'),
        data: {
          files: files.map(({ shown }) => shown),
          way,
          citations: citations.map(({ clip, startSeconds, endSeconds, place }) => ({
            file: files.find(({ uri }) => uri.toString() === clip)?.shown,
            startSeconds,
            endSeconds,
            isInside: place !== 'outside',
          })),
          usage,
          ...(cost === undefined ? {} : { costInDollars: cost }),
          notices,
        },
      };
    },
  };
}

export function extractTool(listening: Listening, services: Services): EarshotTool {
  return {
    outside: async (given) => (await filesOf(new ToolInput(given))).filter(isOutside),
    plan: async (given, signal) => {
      const input = new ToolInput(given);
      input.object('schema');
      const files = await filesOf(input);
      return {
        title: `Extract data from ${namesOf(files)}?`,
        lines: await foretellAnswer(files, 'extracts', extractionAttempts, services, signal),
        progress: `Extracting data from ${namesOf(files)}`,
      };
    },
    run: async (given, signal) => {
      const input = new ToolInput(given);
      const schema = input.object('schema');
      const instructions = input.optionalText('instructions');
      const files = await filesOf(input);
      const extraction = await listening.extract(
        files.map(({ uri }) => uri),
        schema,
        { maxAttempts: extractionAttempts, ...(instructions === undefined ? {} : { prompt: instructions }) },
        signal,
      );
      const { value, isValid, errors, attempts, evidence, cost, warnings } = extraction;
      const state = isValid
        ? `The data is valid by the schema, after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}.`
        : `The data is NOT valid by the schema after ${attempts} attempts: ${errors.map(({ pointer, message }) => `${pointer} ${message}`).join('; ')}.`;
      const price = cost === undefined ? '' : ` It cost ${formatCost(cost)}.`;
      return {
        text: [state + price, ...warnings, materialNote, '', JSON.stringify(value ?? null, undefined, 2)].join('\n'),
        data: { value: value ?? null, isValid, errors, attempts, evidence, warnings },
      };
    },
  };
}
