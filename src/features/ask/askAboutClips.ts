import type * as vscode from 'vscode';
import type { Message } from '../../core/conversation.js';
import { fileName } from '../../host/clips.js';
import { commandIds } from '../../host/ids.js';
import type { Services } from '../../host/services.js';
import { readGlossary } from '../../host/glossary.js';
import { readSettings } from '../../host/settings.js';
import { ask, type AnswerWay, type Asking } from '../../workflows/ask.js';
import type { OpenClip } from '../../workflows/ports.js';

/** Where an answer goes: the chat, or a document when there is no chat. */
export interface AnswerSink {
  readonly progress: (text: string) => void;
  readonly notice: (text: string) => void;
  readonly text: (markdown: string) => void;
  /** Offers a way on, where the place can show one. */
  readonly button: (title: string, command: string, commandArguments: readonly unknown[]) => void;
}

export interface Request {
  readonly prompt: string;
  readonly clips: readonly vscode.Uri[];
  readonly history: readonly Message[];
  /** What the user picked; absent: as the setting says. */
  readonly model?: Asking['model'];
  /** The user was warned that there is nothing to hear in them, and wants them sent all the same. */
  readonly sendSilent?: boolean;
}

/** Asks about recordings and streams what comes back into the sink. Throws EarshotError. */
export async function askAboutClips(
  request: Request,
  services: Services,
  sink: AnswerSink,
  signal: AbortSignal,
): Promise<{ readonly text: string; readonly way: AnswerWay }> {
  const settings = readSettings(request.clips[0]);
  const states = await services.survey(signal);
  const clips: OpenClip[] = [];
  for (const uri of request.clips) clips.push(await services.openClip(uri));
  const steps = ask(
    {
      prompt: request.prompt,
      clips,
      history: request.history,
      hints: {
        glossary: (await readGlossary(request.clips[0])).terms,
        ...(settings.language === undefined ? {} : { language: settings.language }),
      },
      ...(request.sendSilent === undefined ? {} : { sendSilent: request.sendSilent }),
      model: request.model ?? { ours: settings.model() },
      // Read when somebody has to transcribe: a mistake in it is no reason not to ask a model that hears.
      get transcriptionModel() {
        return settings.transcriptionModel();
      },
    },
    states,
    services,
    signal,
  );
  let text = '';
  for (;;) {
    const { value, done } = await steps.next();
    if (done === true) return { text, way: value };
    switch (value.type) {
      case 'progress':
        sink.progress(value.text);
        break;
      case 'notice':
        sink.notice(value.text);
        break;
      case 'text':
        text += value.text;
        sink.text(value.text);
        break;
      case 'bill':
        sink.text(`\n\n---\n*${value.text}*\n`);
        break;
      case 'offer':
        // An offer alone is the answer as well: the next question should know of it.
        if (text === '') text = value.text;
        offerWays(sink, value.text);
        break;
      case 'transcript':
      case 'usage':
        break;
    }
  }
}

/** Says what is missing and offers every way to get it. Never a dead end. */
function offerWays(sink: AnswerSink, reason: string): void {
  sink.notice(reason);
  sink.button('Set API Key…', commandIds.setApiKey, []);
  sink.button('Select Audio Model', commandIds.selectModel, []);
  sink.button('Point at a Server…', commandIds.selectModel, ['server']);
}

export function clipNames(uris: readonly vscode.Uri[]): string {
  return uris.map(fileName).join(', ');
}
