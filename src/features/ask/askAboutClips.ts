import type * as vscode from 'vscode';
import type { Message } from '../../core/conversation.js';
import type { ClipPlace } from '../../core/exchange/exchanges.js';
import type { Segment } from '../../core/transcript.js';
import { fileName } from '../../host/clips.js';
import { commandIds } from '../../host/ids.js';
import type { Services } from '../../host/services.js';
import { readGlossary } from '../../host/glossary.js';
import { readSettings } from '../../host/settings.js';
import { ask, type AnswerWay, type Asking } from '../../workflows/ask.js';
import type { Source } from '../../workflows/chooseBasis.js';
import { chatModels, type ProviderState } from '../../workflows/chooseModel.js';
import type { Toolbox } from '../../workflows/converseWithTools.js';
import type { OpenClip } from '../../workflows/ports.js';

/** Where an answer goes: the chat, or a document when there is no chat. */
export interface AnswerSink {
  readonly progress: (text: string) => void;
  readonly notice: (text: string) => void;
  readonly text: (markdown: string) => void;
  /** What the answer used and cost. */
  readonly bill: (text: string) => void;
  /** Offers a way on, where the place can show one. */
  readonly button: (title: string, command: string, commandArguments: readonly unknown[]) => void;
  /** A transcript that the answer rests on. */
  readonly transcript?: (clip: OpenClip, segments: readonly Segment[]) => void;
}

export interface Request {
  readonly prompt: string;
  readonly clips: readonly vscode.Uri[];
  readonly history: readonly Message[];
  /** Where each of the clips stands in the conversation; absent: they are new. */
  readonly places?: readonly ClipPlace[];
  /** What the answer should rest on; absent: a model that hears listens. */
  readonly source?: Source;
  /** What the user picked; absent: as the setting says. */
  readonly model?: Asking['model'];
  /** What the model may call. */
  readonly toolbox?: Toolbox;
  /** The user was warned that there is nothing to hear in them, and wants them sent all the same. */
  readonly sendSilent?: boolean;
}

export interface Answered {
  /** As it came from the model. */
  readonly text: string;
  readonly way: AnswerWay;
  /** Whether the one who was asked could have listened. */
  readonly canListen: boolean;
}

/** Asks about recordings and streams what comes back into the sink. Throws EarshotError. */
export async function askAboutClips(
  request: Request,
  services: Services,
  sink: AnswerSink,
  signal: AbortSignal,
): Promise<Answered> {
  const settings = readSettings(request.clips[0]);
  const states = await services.survey(signal);
  const model = request.model ?? { ours: settings.model() };
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
      ...(request.places === undefined ? {} : { places: request.places }),
      ...(request.toolbox === undefined ? {} : { toolbox: request.toolbox }),
      ...(request.source === undefined ? {} : { source: request.source }),
      model,
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
    if (done === true) return { text, way: value, canListen: canListen(model, states) };
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
        sink.bill(value.text);
        break;
      case 'offer':
        // An offer alone is the answer as well: the next question should know of it.
        if (text === '') text = value.text;
        offerWays(sink, value.text);
        break;
      case 'transcript':
        sink.transcript?.(value.clip, value.segments);
        break;
      case 'usage':
        break;
    }
  }
}

function canListen(model: Asking['model'], states: readonly ProviderState[]): boolean {
  if ('other' in model) return false;
  const { ours } = model;
  return chatModels(states).some(
    ({ model: { ref, capabilities } }) =>
      capabilities.audioInput && (ours === undefined || (ref.provider === ours.provider && ref.model === ours.model)),
  );
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
