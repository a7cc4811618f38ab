import { estimateDollars, type Workload } from '../../core/estimate.js';
import { escapeMarkdown } from '../../core/formats/markdown.js';
import { formatByteLength, formatDuration } from '../../core/timecode.js';
import { formatCost } from '../../core/usage.js';
import type { Services } from '../../host/services.js';
import { readSettings } from '../../host/settings.js';
import type { NamedFile } from '../../host/workspacePaths.js';
import { chooseAnswerer, chooseSpeaker, chooseTranscriber, type ChosenModel } from '../../workflows/chooseModel.js';
import { originOf, staysHere } from '../../workflows/gate.js';

/** A recording that is going to be listened to. */
interface Foretold {
  readonly shown: string;
  readonly durationSeconds: number;
  readonly byteLength: number;
  readonly hasTranscript: boolean;
}

/** Of speech, for guessing how long a transcript is. */
const charactersPerSecond = 15;

async function lookAt(files: readonly NamedFile[], services: Services, signal: AbortSignal): Promise<Foretold[]> {
  return Promise.all(
    files.map(async ({ uri, shown }) => {
      const clip = await services.openClip(uri);
      const { durationSeconds = 0, byteLength } = await services.engine.probe(clip.source, signal);
      const existing = await services.shelf.find(clip, await services.engine.sha256(clip.source, signal));
      return { shown, durationSeconds, byteLength, hasTranscript: existing !== undefined };
    }),
  );
}

export function describeFile({ shown, durationSeconds, byteLength }: Foretold): string {
  const length = durationSeconds === 0 ? '' : `${formatDuration(durationSeconds)}, `;
  return `**${escapeMarkdown(shown)}** (${length}${formatByteLength(byteLength)})`;
}

/** Who does what, where it goes, and what it is likely to cost, in a line. */
function describeStep({ provider, model }: ChosenModel, verb: string, workloads: readonly Workload[]): string {
  const who = `**${escapeMarkdown(model.label)}**`;
  if (provider.isLocal) return `${who} on this machine ${verb}. Nothing leaves it, and it is free.`;
  const dollars = workloads.reduce<number | undefined>((sum, workload) => {
    const part = estimateDollars(model.capabilities, workload);
    return sum === undefined || part === undefined ? undefined : sum + part;
  }, 0);
  const cost = dollars === undefined ? 'What it costs is not known.' : `It costs about ${formatCost(dollars)}.`;
  const place = escapeMarkdown(originOf(provider) ?? provider.label);
  const leaves = staysHere(provider) ? `a server on this machine` : `what is sent leaves this machine`;
  return `${who} of ${escapeMarkdown(provider.label)} ${verb} at ${place}: ${leaves}. ${cost}`;
}

export async function foretellTranscription(
  file: NamedFile,
  services: Services,
  signal: AbortSignal,
): Promise<{ readonly lines: readonly string[]; readonly isThere: boolean }> {
  const [found] = await lookAt([file], services, signal);
  if (found === undefined) return { lines: [], isThere: false };
  if (found.hasTranscript) {
    return { lines: [`${describeFile(found)} has a transcript already. Nothing is sent.`], isThere: true };
  }
  const chosen = await chooseTranscriber(await services.survey(signal), readSettings(file.uri).transcriptionModel());
  const workload = { task: 'transcription', audioSeconds: found.durationSeconds } as const;
  return { lines: [describeFile(found), describeStep(chosen, 'transcribes it', [workload])], isThere: false };
}

/** @param times How often the model may be asked. */
export async function foretellAnswer(
  files: readonly NamedFile[],
  verb: string,
  times: number,
  services: Services,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const settings = readSettings(files[0]?.uri);
  const states = await services.survey(signal);
  const found = await lookAt(files, services, signal);
  const lines = found.map((one) => describeFile(one));
  const findTranscriber = (reader?: Parameters<typeof chooseTranscriber>[2]) =>
    chooseTranscriber(states, settings.transcriptionModel(), reader);
  const answerer = await chooseAnswerer(states, settings.model(), findTranscriber);
  if (answerer.way === 'nobody') return [...lines, 'No model is set up for this.'];
  const toHear = found.filter(({ hasTranscript }) => !hasTranscript);
  if (answerer.way !== 'audio' && toHear.length > 0) {
    const transcriber = await findTranscriber(answerer.way === 'transcript' ? answerer.chosen.provider : undefined);
    const workloads = toHear.map(({ durationSeconds }) => {
      return { task: 'transcription', audioSeconds: durationSeconds } as const;
    });
    lines.push(describeStep(transcriber, toHear.length === 1 ? 'transcribes it' : 'transcribes them', workloads));
  }
  if (answerer.way === 'transcript-only') return lines;
  const seconds = found.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
  const workload: Workload =
    answerer.way === 'audio'
      ? { task: 'answer', audioSeconds: seconds }
      : { task: 'answer', characters: Math.ceil(seconds * charactersPerSecond) };
  const line = describeStep(answerer.chosen, verb, [workload]);
  return [...lines, times > 1 ? `${line} It may be asked up to ${times} times.` : line];
}

export async function foretellSpeech(text: string, services: Services, signal: AbortSignal): Promise<string> {
  const chosen = await chooseSpeaker(await services.survey(signal), readSettings().speechModel());
  return describeStep(chosen, `speaks ${text.length} characters`, [{ task: 'speech', characters: text.length }]);
}
