import type * as vscode from 'vscode';
import type { Message } from '../../core/conversation.js';
import { EarshotError } from '../../core/errors.js';
import type { ModelRef } from '../../core/model.js';
import { costInDollars, formatCost, formatUsage } from '../../core/usage.js';
import { fileName } from '../../host/clips.js';
import type { Services } from '../../host/services.js';
import { readSettings } from '../../host/settings.js';
import {
  answererOf,
  answerFromAudio,
  answerFromTranscripts,
  transcriptOf,
  type AnswerStep,
  type Question,
  type TextModel,
} from '../../workflows/answerQuestion.js';
import { chooseAnswerer, chooseTranscriber, type ChosenModel } from '../../workflows/chooseModel.js';
import { formatTimecode } from '../../core/timecode.js';
import type { Segment } from '../../core/transcript.js';

/** Where an answer goes: the chat, or a document when there is no chat. */
export interface AnswerSink {
  readonly progress: (text: string) => void;
  readonly notice: (text: string) => void;
  readonly text: (markdown: string) => void;
  /** Offers a way on, where the place can show one. */
  readonly button: (title: string, command: string, commandArguments: readonly unknown[]) => void;
}

export interface Asking {
  readonly prompt: string;
  readonly clips: readonly vscode.Uri[];
  readonly history: readonly Message[];
  /** Which model the user picked: one of ours, one of VS Code's, or `auto`. */
  readonly model: { readonly ours: ModelRef | undefined } | { readonly vscode: TextModel } | 'setting';
}

export interface Answered {
  readonly text: string;
  /** How the answer came about: from the sound, from a transcript, only a transcript, or not at all. */
  readonly way: 'audio' | 'transcript' | 'transcript-only' | 'nobody';
  readonly model?: string;
}

/** Asks about recordings and streams what comes back into the sink. Throws EarshotError. */
export async function askAboutClips(
  asking: Asking,
  services: Services,
  sink: AnswerSink,
  signal: AbortSignal,
): Promise<Answered> {
  const settings = readSettings(asking.clips[0]);
  const states = await services.survey(signal);
  const clips = await Promise.all(asking.clips.map((uri) => services.openClip(uri)));
  const question: Question = {
    prompt: asking.prompt,
    clips,
    history: asking.history,
    hints: { glossary: settings.glossary, ...(settings.language === undefined ? {} : { language: settings.language }) },
  };
  if (typeof asking.model === 'object' && 'vscode' in asking.model) {
    const transcriber = await chooseTranscriber(states, settings.transcriptionModel).catch((error: unknown) => {
      // A transcript may lie beside the recording already; whether one is needed shows later.
      if (error instanceof EarshotError && error.reason === 'no-model') return undefined;
      throw error;
    });
    const { vscode: model } = asking.model;
    const said = await pour(
      answerFromTranscripts(question, model, transcriber, services, signal),
      sink,
      undefined,
      transcriber,
    );
    return { text: said, way: 'transcript', model: model.label };
  }
  const ref = asking.model === 'setting' ? settings.model : asking.model.ours;
  const answerer = await chooseAnswerer(states, ref, settings.transcriptionModel, clips.length > 0);
  switch (answerer.way) {
    case 'audio': {
      const steps = answerFromAudio(question, answerer.chosen, services, signal);
      const said = await pour(steps, sink, answerer.chosen, undefined);
      return { text: said, way: 'audio', model: answerer.chosen.model.label };
    }
    case 'transcript': {
      const { chosen, transcriber } = answerer;
      const steps = answerFromTranscripts(question, answererOf(chosen), transcriber, services, signal);
      return { text: await pour(steps, sink, chosen, transcriber), way: 'transcript', model: chosen.model.label };
    }
    case 'transcript-only':
      return {
        text: await showTranscripts(question, answerer.transcriber, services, sink, signal),
        way: 'transcript-only',
      };
    case 'nobody':
      return {
        text: offerWays(sink, 'No model and no speech program is set up yet, so nothing can listen to this recording.'),
        way: 'nobody',
      };
  }
}

/** Passes the steps on, and says at the end what was used and what it cost. */
async function pour(
  steps: AsyncIterable<AnswerStep>,
  sink: AnswerSink,
  chosen: ChosenModel | undefined,
  transcriber: ChosenModel | undefined,
): Promise<string> {
  let said = '';
  const bill: string[] = [];
  for await (const step of steps) {
    if (step.type === 'progress') sink.progress(step.text);
    else if (step.type === 'notice') sink.notice(step.text);
    else if (step.type === 'text') {
      said += step.text;
      sink.text(step.text);
    } else if (step.type === 'usage') {
      const payer = step.of === 'answer' ? chosen : transcriber;
      const cost =
        payer?.provider.isLocal === true
          ? 'free, on this machine'
          : formatCost(costInDollars(step.usage, payer?.model.capabilities.prices));
      bill.push([step.label, formatUsage(step.usage), cost].filter((part) => part !== '').join(' · '));
    }
  }
  if (bill.length === 0 && chosen !== undefined) bill.push(`${chosen.model.label} · usage not reported`);
  if (bill.length > 0) sink.text(`\n\n---\n*${bill.join(' — ')}*\n`);
  return said;
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

async function showTranscripts(
  question: Question,
  transcriber: ChosenModel,
  services: Services,
  sink: AnswerSink,
  signal: AbortSignal,
): Promise<string> {
  let said = '';
  if (question.clips.length === 0) {
    return offerWays(
      sink,
      `No language model is set up to answer questions. ${transcriber.model.label} on this machine can write down what is said: attach a recording.`,
    );
  }
  for (const clip of question.clips) {
    for await (const step of transcriptOf(clip, transcriber, question.hints, services, signal)) {
      if (step.type === 'progress') sink.progress(step.text);
      if (step.type !== 'transcript') continue;
      const part = `**What is said in ${clip.name}**\n\n${transcriptMarkdown(step.segments)}\n\n`;
      said += part;
      sink.text(part);
    }
  }
  offerWays(
    sink,
    `No language model is set up to answer questions, so this is the transcript, made by ${transcriber.model.label} on this machine. To get answers, set up a model:`,
  );
  return said;
}

/** Says what is missing and offers every way to get it. Never a dead end. */
function offerWays(sink: AnswerSink, reason: string): string {
  sink.notice(reason);
  sink.button('Set API Key…', 'earshot.setApiKey', []);
  sink.button('Select Audio Model', 'earshot.selectModel', []);
  sink.button('Point at a Server…', 'workbench.action.openSettings', ['earshot.providers']);
  return reason;
}

export function clipNames(uris: readonly vscode.Uri[]): string {
  return uris.map(fileName).join(', ');
}
