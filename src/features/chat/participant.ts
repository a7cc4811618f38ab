import * as vscode from 'vscode';
import { type Message, text } from '../../core/conversation.js';
import { type ErrorReason, toEarshotError } from '../../core/errors.js';
import { parseModelRef } from '../../core/model.js';
import { signalOf } from '../../host/cancellation.js';
import { toLocalUri } from '../../host/clips.js';
import { commandIds, languageModelVendor, participantId } from '../../host/ids.js';
import { activeClip } from '../../host/pickClips.js';
import type { Services } from '../../host/services.js';
import { buttonFor } from '../../host/showError.js';
import { sendAnyway } from '../../host/warnSilent.js';
import { askAboutClips, clipNames, type AnswerSink, type Request } from '../ask/askAboutClips.js';
import { attachedClips } from './attachments.js';
import { pickedModel } from './languageModel.js';
import { autoModelId } from './provideModels.js';

/** What the chat keeps of an exchange; the next one reads it back. Plain data only. */
interface ExchangeMetadata {
  readonly clips: readonly string[];
  readonly answer: string;
  readonly way: string;
}

function metadataOf(result: vscode.ChatResult): ExchangeMetadata | undefined {
  const metadata: Record<string, unknown> | undefined = result.metadata;
  if (metadata === undefined) return undefined;
  const clips: unknown = metadata['clips'];
  const answer: unknown = metadata['answer'];
  if (!Array.isArray(clips) || typeof answer !== 'string') return undefined;
  return { clips: clips.filter((clip) => typeof clip === 'string'), answer, way: String(metadata['way']) };
}

interface Recalled {
  readonly history: Message[];
  /** Those that were last spoken about. */
  readonly clips: readonly vscode.Uri[];
  /** Those that the user has been told are silent. */
  readonly knownSilent: ReadonlySet<string>;
}

/** Earlier exchanges with @audio: what was said, as text. */
function recall(context: vscode.ChatContext): Recalled {
  const history: Message[] = [];
  const knownSilent = new Set<string>();
  let clips: readonly vscode.Uri[] = [];
  let prompt: string | undefined;
  for (const turn of context.history) {
    if (turn.participant !== participantId) continue;
    if (turn instanceof vscode.ChatRequestTurn) {
      prompt = turn.prompt;
      continue;
    }
    if (!(turn instanceof vscode.ChatResponseTurn)) continue;
    const metadata = metadataOf(turn.result);
    if (metadata === undefined) continue;
    clips = metadata.clips.map((uri) => vscode.Uri.parse(uri));
    if (metadata.way === 'clip-silent') for (const uri of metadata.clips) knownSilent.add(uri);
    if (prompt !== undefined && metadata.answer !== '') {
      history.push({ role: 'user', content: [text(prompt)] }, { role: 'assistant', content: [text(metadata.answer)] });
    }
    prompt = undefined;
  }
  return { history, clips, knownSilent };
}

function modelOf(request: vscode.ChatRequest): Pick<Request, 'model'> {
  if (request.model.vendor !== languageModelVendor) return { model: { other: pickedModel(request.model) } };
  return request.model.id === autoModelId ? {} : { model: { ours: parseModelRef(request.model.id, 'the chat model') } };
}

const ofTheFile = new Set<ErrorReason>([
  'unsupported-media',
  'clip-empty',
  'clip-unreadable',
  'no-clip',
  'no-speech',
  'images-with-audio',
]);

const standardPrompt = 'What is said in this recording? Summarise it.';

export function createParticipant(services: Services, runsOnRemote: boolean): vscode.ChatParticipant {
  const handler: vscode.ChatRequestHandler = async (request, context, stream, token) => {
    const { signal, dispose } = signalOf(token);
    const earlier = recall(context);
    let clips: readonly vscode.Uri[] = earlier.clips;
    let said = '';
    const sink: AnswerSink = {
      progress: (message) => {
        stream.progress(message);
      },
      notice: (notice) => {
        stream.markdown(`\n\n> ${notice}\n\n`);
      },
      text: (markdown) => {
        said += markdown;
        stream.markdown(markdown);
      },
      button: (title, command, commandArguments) => {
        stream.button({ title, command, arguments: [...commandArguments] });
      },
    };
    const remember = (answer: string, way: string): ExchangeMetadata => ({
      clips: clips.map((uri) => uri.toString()),
      answer,
      way,
    });
    try {
      const attached = await attachedClips(request.references, services, runsOnRemote, signal);
      const active = activeClip();
      if (attached.clips.length > 0) clips = attached.clips;
      else if (clips.length === 0 && active !== undefined) {
        clips = [toLocalUri(active, runsOnRemote)];
        stream.markdown(`*About ${clipNames(clips)}, which is open in the editor.*\n\n`);
      }
      if (clips.length === 0 && earlier.history.length === 0) {
        const leftOut = attached.leftOut.length === 0 ? '' : `${attached.leftOut.join(', ')} holds no audio. `;
        stream.markdown(
          `${leftOut}No recording is attached to this chat yet. Drag one here, or right-click it and choose **Ask About Audio…**`,
        );
        stream.button({ title: 'Pick a Recording…', command: commandIds.ask });
        return { metadata: remember('', 'nothing') };
      }
      for (const clip of clips) stream.reference(clip);
      const prompt = request.prompt.trim() === '' ? standardPrompt : request.prompt;
      // Whoever asks once more after the warning wants it sent.
      const sendSilent = clips.some((uri) => earlier.knownSilent.has(uri.toString()));
      const answered = await askAboutClips(
        { prompt, clips, history: earlier.history, sendSilent, ...modelOf(request) },
        services,
        sink,
        signal,
      );
      return { metadata: remember(answered.text, answered.way) };
    } catch (thrown) {
      const error = toEarshotError(thrown);
      if (error.reason === 'cancelled') return { metadata: remember(said, 'cancelled') };
      services.log.error(error);
      // A file that cannot be asked about is forgotten: the next question is about the last good one again.
      if (ofTheFile.has(error.reason)) clips = earlier.clips;
      if (error.reason === 'clip-silent') {
        const [first] = clips;
        const again = [first, clips, { prompt: request.prompt.trim() === '' ? standardPrompt : request.prompt }];
        stream.button({ title: sendAnyway, command: commandIds.ask, arguments: again });
      }
      const button = buttonFor(error);
      if (button !== undefined)
        stream.button({ title: button.title, command: button.command, arguments: [...button.arguments] });
      return { errorDetails: { message: services.log.redact(error.message) }, metadata: remember(said, error.reason) };
    } finally {
      dispose();
    }
  };
  return vscode.chat.createChatParticipant(participantId, handler);
}
