import { endNotice, type ModelRef } from '../core/model.js';
import { formatTimecode } from '../core/timecode.js';
import type { Segment } from '../core/transcript.js';
import { costInDollars, formatCost, formatUsage } from '../core/usage.js';
import { silentClips } from './beforeSending.js';
import { answererOf, answerFromAudio, type AnswerStep, type Question, type TextModel } from './answerQuestion.js';
import { chooseBasis, type BasisChoice, type Source } from './chooseBasis.js';
import {
  chooseAnswerer,
  chooseTranscriber,
  type ChosenModel,
  type FindTranscriber,
  type ProviderState,
} from './chooseModel.js';
import type { OpenClip, TranscriptShelf, WorkflowPorts } from './ports.js';
import { answerFromTranscripts, hintsOf, transcriptOf } from './transcribeFirst.js';

export interface Asking extends Question {
  /** A model of ours by name, `auto` (undefined), or one of VS Code's own. */
  readonly model: { readonly ours: ModelRef | undefined } | { readonly other: TextModel };
  /** Who transcribes where that is needed; undefined is `auto`. */
  readonly transcriptionModel: ModelRef | undefined;
  /** Absent: a model that hears listens, and nothing is said of other ways. */
  readonly source?: Source;
}

/** How the answer came about: from the sound, from a transcript, only a transcript, or not at all. */
export type AnswerWay = 'audio' | 'transcript' | 'transcript-only' | 'nobody';

type Ports = WorkflowPorts & { readonly shelf: TranscriptShelf };

/** Answers a question by the best way there is, and says at the end what it used and cost. Throws EarshotError. */
export async function* ask(
  asking: Asking,
  states: readonly ProviderState[],
  ports: Ports,
  signal: AbortSignal,
): AsyncGenerator<AnswerStep, AnswerWay> {
  const findTranscriber: FindTranscriber = (reader) => chooseTranscriber(states, asking.transcriptionModel, reader);
  if ('other' in asking.model) {
    const question = yield* withoutSilence(asking, ports, signal);
    yield* billed(answerFromTranscripts(question, asking.model.other, findTranscriber, ports, signal), undefined);
    return 'transcript';
  }
  const answerer = await chooseAnswerer(states, asking.model.ours, findTranscriber, asking.clips.length > 0);
  if (answerer.way === 'nobody') {
    yield {
      type: 'offer',
      text: 'No model and no speech program is set up yet, so nothing can listen to a recording.',
    };
    return answerer.way;
  }
  const question = yield* withoutSilence(asking, ports, signal);
  switch (answerer.way) {
    case 'audio': {
      const { chosen } = answerer;
      const { source } = asking;
      const choice: BasisChoice =
        source === undefined
          ? { way: 'audio' }
          : await chooseBasis(
              question,
              { source, chosen, ref: asking.model.ours },
              states,
              findTranscriber,
              ports,
              signal,
            );
      if (choice.way === 'transcript') {
        const { reader, reason } = choice;
        const steps = answerFromTranscripts(question, answererOf(reader), findTranscriber, ports, signal, reason);
        yield* billed(steps, reader);
        yield* ending(reader, ports);
      } else {
        yield* billed(remarked(answerFromAudio(question, chosen, ports, signal), choice.remark), chosen);
        yield* ending(chosen, ports);
      }
      return choice.way;
    }
    case 'transcript': {
      const { chosen } = answerer;
      yield* billed(answerFromTranscripts(question, answererOf(chosen), findTranscriber, ports, signal), chosen);
      yield* ending(chosen, ports);
      break;
    }
    case 'transcript-only':
      yield* billed(transcriptsOnly(question, findTranscriber, ports, signal), undefined);
      break;
  }
  return answerer.way;
}

/** Says with the answer that there will soon be none. */
function* ending({ model }: ChosenModel, { now }: Pick<WorkflowPorts, 'now'>): Generator<AnswerStep> {
  const notice = endNotice(model.label, model.capabilities, now());
  if (notice !== undefined) yield { type: 'notice', text: notice };
}

/**
 * Finds the silent ones among the recordings before anybody is paid to listen to them.
 * @throws EarshotError `clip-silent` when no other is left.
 */
async function* withoutSilence(
  asking: Question,
  ports: WorkflowPorts,
  signal: AbortSignal,
): AsyncGenerator<AnswerStep, Question> {
  const { prompt, clips, history, hints, places, toolbox } = asking;
  if (asking.sendSilent === true) return asking;
  const silent = new Set<OpenClip>();
  for (const clip of clips) {
    yield { type: 'progress', text: `Opening ${clip.name}…` };
    if (await ports.engine.isSilent(clip.source, {}, signal)) silent.add(clip);
  }
  if (silent.size === 0) return asking;
  if (silent.size === clips.length) throw silentClips(clips);
  for (const { name } of silent) yield { type: 'notice', text: `${name} is silent, or nearly so, and is not sent.` };
  return {
    prompt,
    clips,
    history,
    hints,
    silent,
    ...(places === undefined ? {} : { places }),
    ...(toolbox === undefined ? {} : { toolbox }),
  };
}

async function* remarked(steps: AsyncIterable<AnswerStep>, remark: string | undefined): AsyncGenerator<AnswerStep> {
  yield* steps;
  if (remark !== undefined) yield { type: 'notice', text: remark };
}

/** Passes steps on and adds the bill. */
export async function* billed(
  steps: AsyncIterable<AnswerStep>,
  answerer: ChosenModel | undefined,
): AsyncGenerator<AnswerStep> {
  const lines: string[] = [];
  for await (const step of steps) {
    yield step;
    if (step.type !== 'usage') continue;
    const isFree = step.of?.provider.isLocal === true;
    const cost = isFree
      ? 'free, on this machine'
      : formatCost(costInDollars(step.usage, step.of?.model.capabilities.prices));
    lines.push([step.label, formatUsage(step.usage), cost].filter((part) => part !== '').join(' · '));
  }
  if (lines.length === 0 && answerer !== undefined) lines.push(`${answerer.model.label} · usage not reported`);
  if (lines.length > 0) yield { type: 'bill', text: lines.join(' — ') };
}

/** Nobody answers, but what is said can be written down. */
async function* transcriptsOnly(
  question: Question,
  findTranscriber: FindTranscriber,
  ports: Ports,
  signal: AbortSignal,
): AsyncGenerator<AnswerStep> {
  const { provider, model } = await findTranscriber();
  const who = `${model.label}${provider.isLocal ? ' on this machine' : ` of ${provider.label}`}`;
  if (question.clips.length === 0) {
    yield {
      type: 'offer',
      text: `No language model is set up to answer questions. ${who} can write down what is said: attach a recording.`,
    };
    return;
  }
  for (const clip of question.clips) {
    if (question.silent?.has(clip) === true) continue;
    for await (const step of transcriptOf(clip, findTranscriber, hintsOf(question), ports, signal)) {
      yield step;
      if (step.type !== 'transcript') continue;
      yield { type: 'text', text: `**What is said in ${clip.name}**\n\n${transcriptMarkdown(step.segments)}\n\n` };
    }
  }
  yield {
    type: 'offer',
    text: `No language model is set up to answer questions, so this is the transcript, made by ${who}. To get answers, set up a model:`,
  };
}

/** Markdown of what was said, with the time in front of each line. */
function transcriptMarkdown(segments: readonly Segment[]): string {
  return segments
    .map(({ startSeconds, speaker, text }) => {
      const who = speaker === undefined ? '' : `**${speaker}:** `;
      return `[${formatTimecode(startSeconds).slice(0, 8)}] ${who}${text.replaceAll('\n', ' ')}`;
    })
    .join('  \n');
}
