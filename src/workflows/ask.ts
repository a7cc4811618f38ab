import type { ModelRef } from '../core/model.js';
import { formatTimecode } from '../core/timecode.js';
import type { Segment } from '../core/transcript.js';
import { costInDollars, formatCost, formatUsage } from '../core/usage.js';
import { answererOf, answerFromAudio, type AnswerStep, type Question, type TextModel } from './answerQuestion.js';
import {
  chooseAnswerer,
  chooseTranscriber,
  type ChosenModel,
  type FindTranscriber,
  type ProviderState,
} from './chooseModel.js';
import type { TranscriptShelf, WorkflowPorts } from './ports.js';
import { answerFromTranscripts, transcriptOf } from './transcribeFirst.js';

export interface Asking extends Question {
  /** A model of ours by name, `auto` (undefined), or one of VS Code's own. */
  readonly model: { readonly ours: ModelRef | undefined } | { readonly other: TextModel };
  /** Who transcribes where that is needed; undefined is `auto`. */
  readonly transcriptionModel: ModelRef | undefined;
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
    yield* billed(answerFromTranscripts(asking, asking.model.other, findTranscriber, ports, signal), undefined);
    return 'transcript';
  }
  const answerer = await chooseAnswerer(states, asking.model.ours, findTranscriber, asking.clips.length > 0);
  switch (answerer.way) {
    case 'audio':
      yield* billed(answerFromAudio(asking, answerer.chosen, ports, signal), answerer.chosen);
      break;
    case 'transcript': {
      const { chosen } = answerer;
      yield* billed(answerFromTranscripts(asking, answererOf(chosen), findTranscriber, ports, signal), chosen);
      break;
    }
    case 'transcript-only':
      yield* billed(transcriptsOnly(asking, findTranscriber, ports, signal), undefined);
      break;
    case 'nobody':
      yield {
        type: 'offer',
        text: 'No model and no speech program is set up yet, so nothing can listen to a recording.',
      };
  }
  return answerer.way;
}

/** Passes steps on and adds the bill. */
async function* billed(
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
  asking: Asking,
  findTranscriber: FindTranscriber,
  ports: Ports,
  signal: AbortSignal,
): AsyncGenerator<AnswerStep> {
  const { provider, model } = await findTranscriber();
  const who = `${model.label}${provider.isLocal ? ' on this machine' : ` of ${provider.label}`}`;
  if (asking.clips.length === 0) {
    yield {
      type: 'offer',
      text: `No language model is set up to answer questions. ${who} can write down what is said: attach a recording.`,
    };
    return;
  }
  for (const clip of asking.clips) {
    for await (const step of transcriptOf(clip, findTranscriber, asking.hints, ports, signal)) {
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
      return `\`${formatTimecode(startSeconds).slice(0, 8)}\` ${who}${text.replaceAll('\n', ' ')}`;
    })
    .join('  \n');
}
