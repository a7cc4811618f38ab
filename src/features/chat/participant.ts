import * as vscode from 'vscode';
import type { Citation, CitedClip } from '../../core/citations/timeReferences.js';
import { type ErrorReason, toEarshotError } from '../../core/errors.js';
import { knownClips, recall } from '../../core/exchange/exchanges.js';
import { mentionedClips } from '../../core/exchange/mentions.js';
import { basisOf, type Basis } from '../../core/exchange/soundQuestions.js';
import { parseModelRef } from '../../core/model.js';
import { signalOf } from '../../host/cancellation.js';
import { fileName, toLocalUri } from '../../host/clips.js';
import { commandIds, languageModelVendor, participantId } from '../../host/ids.js';
import { activeClip } from '../../host/pickClips.js';
import type { Services } from '../../host/services.js';
import { urlAddressOf } from '../../host/urlClips.js';
import { buttonFor } from '../../host/showError.js';
import { sendAnyway } from '../../host/warnSilent.js';
import { readSettings } from '../../host/settings.js';
import type { Source } from '../../workflows/chooseBasis.js';
import { askAboutClips, type Request } from '../ask/askAboutClips.js';
import { createAnswerStream, type AnswerStream } from './answerStream.js';
import { attachedClips, linkedClips } from './attachments.js';
import { chatCommandRuns, comparePrompt } from './chatCommands.js';
import { aroundPlaces } from './findInTranscripts.js';
import type { SavedAnswer } from './saveAnswer.js';
import { pastExchanges, readMetadata, type ExchangeMetadata } from './exchangeMetadata.js';
import { followUpsFor } from './followUps.js';
import { pickedModel } from './languageModel.js';
import { autoModelId } from './provideModels.js';
import { toolboxOf } from './toolbox.js';

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

/** The setting, or what the user says for this question alone. */
function sourceFor(basis: Basis, areAllKnown: boolean, scope: vscode.Uri | undefined): Source {
  if (basis.isForced) return basis.needs === 'sound' ? 'audio' : 'transcript';
  const { followUps } = readSettings(scope);
  if (areAllKnown && followUps !== 'auto') return followUps === 'resend' ? 'audio' : 'transcript';
  return basis.needs === 'sound' ? 'audio' : 'cheapest';
}

/** The recordings as an answer may refer to them. What cannot be looked at is found out by whoever opens it next. */
async function citedClips(
  clips: readonly string[],
  known: readonly string[],
  services: Services,
  signal: AbortSignal,
): Promise<readonly CitedClip[]> {
  return Promise.all(
    clips.map(async (uri) => {
      const parsed = vscode.Uri.parse(uri);
      const { durationSeconds } = await services
        .openClip(parsed)
        .then(({ source }) => services.engine.probe(source, signal))
        .catch((): { durationSeconds?: number } => ({}));
      return {
        uri,
        name: fileName(parsed),
        number: known.indexOf(uri) + 1,
        ...(durationSeconds === undefined ? {} : { durationSeconds }),
      };
    }),
  );
}

const isRun = (command: string | undefined): command is keyof typeof chatCommandRuns =>
  command !== undefined && command in chatCommandRuns;

function promptOf(command: string | undefined, words: string): string {
  if (command === 'compare') return words === '' ? comparePrompt : `${comparePrompt} ${words}`;
  if (isRun(command)) return `/${command} ${words}`.trim();
  return words === '' ? standardPrompt : words;
}

/** What can be done with an answer that is there. */
function offerButtons(
  stream: vscode.ChatResponseStream,
  { prompt, answer, cited }: { prompt: string; answer: AnswerStream; cited: readonly CitedClip[] },
): void {
  const evidence = answer.citations.filter(({ place }) => place === 'inside');
  if (evidence.length > 0) {
    const title = evidence.length === 1 ? 'Play the Evidence' : `Play the Evidence (${evidence.length} places)`;
    stream.button({ title, command: commandIds.playEvidence, arguments: [evidence] });
  }
  if (answer.said !== '' && cited.length > 0) {
    const clips = cited.map(({ uri, number }) => ({ uri, number }));
    const saved: SavedAnswer = { prompt, answer: answer.said, clips };
    stream.button({ title: 'Save Answer…', command: commandIds.saveAnswer, arguments: [saved] });
  }
}

const nameOf = (uri: string): string => fileName(vscode.Uri.parse(uri));

export interface ChatPlaces {
  readonly runsOnRemote: boolean;
  /** Where parts of recordings are kept for a while. */
  readonly partsFolder: vscode.Uri;
}

export function createParticipant(services: Services, chatPlaces: ChatPlaces): vscode.ChatParticipant {
  const handler: vscode.ChatRequestHandler = async (request, context, stream, token) => {
    const { signal, dispose } = signalOf(token);
    const past = pastExchanges(context);
    const before = knownClips(past);
    const last = past.at(-1)?.clips ?? [];
    const basis = basisOf(request.prompt);
    let prompt = promptOf(request.command, basis.prompt.trim());
    let clips = last;
    let answer: AnswerStream | undefined;
    let said: string | undefined;
    let citations: readonly Citation[] | undefined;
    const remember = (way: string, canListen = false): ExchangeMetadata => ({
      clips,
      prompt,
      answer: said ?? answer?.said ?? '',
      way,
      citations: citations ?? answer?.citations ?? [],
      canListen,
    });
    try {
      const attached = await attachedClips(request.references, services, chatPlaces, signal);
      for (const notice of attached.notices) stream.markdown(`*${notice}*\n\n`);
      const linked = await linkedClips(prompt, services, signal);
      prompt = linked.prompt;
      const given = [...attached.clips, ...linked.clips].map((uri) => uri.toString());
      const known = knownClips(past, given);
      const mentioned = mentionedClips(prompt, known.map(nameOf)).flatMap((index) => known[index] ?? []);
      const active = attached.active ?? activeClip();
      if (request.command === 'compare' && given.length < 2 && mentioned.length < 2) clips = known;
      else if (given.length > 0 || mentioned.length > 0) {
        clips = known.filter((uri) => given.includes(uri) || mentioned.includes(uri));
      } else if (clips.length === 0 && active !== undefined) {
        clips = [toLocalUri(active, chatPlaces.runsOnRemote).toString()];
        stream.markdown(`*About ${clips.map(nameOf).join(', ')}, which is open in the editor.*\n\n`);
      }
      const run = isRun(request.command) ? chatCommandRuns[request.command] : undefined;
      const needsClip = run === undefined ? past.every((each) => each.answer === '') : request.command !== 'find';
      if (clips.length === 0 && needsClip) {
        const leftOut = attached.leftOut.length === 0 ? '' : `${attached.leftOut.join(', ')} holds no audio. `;
        stream.markdown(
          `${leftOut}No recording is attached to this chat yet. Drag one here, or right-click it and choose **Ask About Audio…**`,
        );
        stream.button({ title: 'Pick a Recording…', command: commandIds.ask });
        return { metadata: remember('nothing') };
      }
      const uris = clips.map((uri) => vscode.Uri.parse(uri));
      for (const uri of uris) if (urlAddressOf(uri) === undefined) stream.reference(uri);
      const cited = await citedClips(clips, knownClips(past, clips), services, signal);
      answer = createAnswerStream(stream, cited, services);
      if (run !== undefined) {
        const words = prompt.slice(`/${request.command ?? ''}`.length).trim();
        const result = await run({ words, clips: uris, attached: given, services, stream, answer, signal });
        said = result.said;
        clips = result.clips ?? clips;
        citations = result.citations;
        return { metadata: remember(request.command ?? '') };
      }
      // Right after a search the question is about what was found, unless it says otherwise.
      const places =
        past.at(-1)?.way === 'find' && given.length + mentioned.length === 0 ? past.at(-1)?.citations : undefined;
      const isAboutPlaces = places !== undefined && places.length > 0 && clips.length > 0;
      if (isAboutPlaces) answer.notice('This is about what is said around the places found, and nothing else.');
      const recalled = recall(past, { prompt, clips }, nameOf);
      // Whoever asks once more after the warning wants it sent.
      const sendSilent = past.some(
        ({ way, clips: told }) => way === 'clip-silent' && told.some((uri) => clips.includes(uri)),
      );
      const toolbox = toolboxOf(request, token, services);
      const { way, canListen } = await askAboutClips(
        {
          ...recalled,
          clips: uris,
          sendSilent,
          source: isAboutPlaces
            ? 'transcript'
            : sourceFor(
                basis,
                clips.every((uri) => before.includes(uri)),
                uris[0],
              ),
          ...modelOf(request),
          ...(toolbox === undefined ? {} : { toolbox }),
        },
        isAboutPlaces ? { ...services, shelf: aroundPlaces(services.shelf, places) } : services,
        answer,
        signal,
      );
      await answer.finish(signal);
      if (way === 'audio' || way === 'transcript') offerButtons(stream, { prompt, answer, cited });
      return { metadata: remember(way, canListen) };
    } catch (thrown) {
      const error = toEarshotError(thrown);
      if (error.reason === 'cancelled') return { metadata: remember('cancelled') };
      services.log.error(error);
      // A file that cannot be asked about is forgotten: the next question is about the last good one again.
      if (ofTheFile.has(error.reason)) clips = last;
      if (error.reason === 'clip-silent') {
        const uris = clips.map((uri) => vscode.Uri.parse(uri));
        stream.button({ title: sendAnyway, command: commandIds.ask, arguments: [uris[0], uris, { prompt }] });
      }
      const button = buttonFor(error);
      if (button !== undefined)
        stream.button({ title: button.title, command: button.command, arguments: [...button.arguments] });
      return { errorDetails: { message: services.log.redact(error.message) }, metadata: remember(error.reason) };
    } finally {
      dispose();
    }
  };
  const participant = vscode.chat.createChatParticipant(participantId, handler);
  participant.followupProvider = { provideFollowups: (result) => followUpsFor(readMetadata(result)) };
  return participant;
}
