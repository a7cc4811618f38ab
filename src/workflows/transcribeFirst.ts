import { type ContentBlock, text } from '../core/conversation.js';
import { formatDuration, formatTimecode } from '../core/timecode.js';
import { transcriptText, type Segment } from '../core/transcript.js';
import {
  instructions,
  relay,
  type AnswerStep,
  type Question,
  type TextModel,
  type TranscriptionHints,
} from './answerQuestion.js';
import type { Provider } from '../providers/provider.js';
import { deliveryReason, estimatedCost } from './beforeSending.js';
import type { ChosenModel, FindTranscriber } from './chooseModel.js';
import { clipNumber, silentRecording, withClips } from './conversationMessages.js';
import type { OpenClip, TranscriptShelf, WorkflowPorts } from './ports.js';
import { transcribeClip } from './transcribeClip.js';
import { transcriber } from './transcriber.js';

const transcriptInstructions =
  `${instructions} You cannot hear the recordings: you are given transcripts made by a speech recogniser, which may contain mistakes. ` +
  'Tone of voice, music and noises are not in them.';

/** One line per segment. What is said must not look like the end of the transcript. */
export function timedTranscript(segments: readonly Segment[]): string {
  return segments
    .map((segment) => `[${formatTimecode(segment.startSeconds).slice(0, 8)}] ${transcriptText([segment])}`)
    .join('\n')
    .replaceAll(/<(?=\/?transcript)/gi, '‹');
}

/**
 * The transcript of a clip: the one that exists, or a new one.
 * @param reader Who is going to read it.
 * @throws EarshotError what stopped the work; what had been heard until then has been yielded as a transcript.
 */
export async function* transcriptOf(
  clip: OpenClip,
  findTranscriber: FindTranscriber,
  hints: TranscriptionHints & Pick<Question, 'sendSilent'>,
  ports: WorkflowPorts & { readonly shelf: TranscriptShelf },
  signal: AbortSignal,
  reader?: Provider,
): AsyncGenerator<AnswerStep, { readonly segments: readonly Segment[]; readonly by: ChosenModel | undefined }> {
  const sha256 = await ports.engine.sha256(clip.source, signal);
  const existing = await ports.shelf.find(clip, sha256);
  if (existing !== undefined) {
    yield { type: 'transcript', clip, segments: existing };
    return { segments: existing, by: undefined };
  }
  const chosen = await findTranscriber(reader);
  const { label } = chosen.model;
  const delivery = deliveryReason(await ports.engine.plan(clip.source, transcriber(chosen).prepared, signal));
  const { durationSeconds } = await ports.engine.probe(clip.source, signal);
  const cost =
    durationSeconds === undefined
      ? ''
      : estimatedCost(chosen, { task: 'transcription', audioSeconds: durationSeconds });
  const how = `${delivery === undefined ? '' : `, which is ${delivery}`}${cost}`;
  yield { type: 'progress', text: `${label} transcribes ${clip.name}${how}…` };
  const { transcript, stoppedBy, warnings } = await transcribeClip(clip, { chosen, ...hints }, ports, signal);
  const { segments, provenance } = transcript;
  if (provenance.usage !== undefined && Object.keys(provenance.usage).length > 0) {
    yield { type: 'usage', label, usage: provenance.usage, of: chosen };
  }
  yield { type: 'transcript', clip, segments };
  for (const warning of warnings) yield { type: 'notice', text: warning };
  if (stoppedBy !== undefined) {
    const reach = formatDuration(provenance.completeUntilSeconds ?? 0);
    yield { type: 'notice', text: `The transcript of ${clip.name} reaches ${reach} and no further.` };
    throw stoppedBy;
  }
  await ports.shelf.keep(clip, sha256, segments);
  return { segments, by: chosen };
}

export function hintsOf({ hints, sendSilent }: Question): TranscriptionHints & Pick<Question, 'sendSilent'> {
  return { ...hints, ...(sendSilent === undefined ? {} : { sendSilent }) };
}

/**
 * Asks a model that reads: each recording is transcribed first, and the answer says so.
 * @param reason What is said of the transcripts that it rests on, named in words.
 */
export async function* answerFromTranscripts(
  question: Question,
  answerer: TextModel,
  findTranscriber: FindTranscriber,
  ports: WorkflowPorts & { readonly shelf: TranscriptShelf },
  signal: AbortSignal,
  reason = (sources: string): string =>
    `${answerer.label} reads text only: this answer rests on ${sources}, not on the sound. Tone, music and noise are not in it.`,
): AsyncGenerator<AnswerStep> {
  const contents: ContentBlock[][] = [];
  const sources = new Set<string>();
  for (const [index, clip] of question.clips.entries()) {
    if (question.silent?.has(clip) === true) {
      contents.push([text(silentRecording(clipNumber(question, index), clip))]);
      continue;
    }
    const reader = answerer.chosen?.provider;
    const { segments, by } = yield* transcriptOf(clip, findTranscriber, hintsOf(question), ports, signal, reader);
    sources.add(
      by === undefined ? 'a transcript that was there' : `a transcript by ${by.model.label} (${by.provider.label})`,
    );
    const words = `Recording ${clipNumber(question, index)}: "${clip.name}"\n<transcript>\n${timedTranscript(segments)}\n</transcript>`;
    contents.push([{ ...text(words), isLasting: true }]);
  }
  if (sources.size > 0) {
    yield { type: 'progress', text: `${answerer.label} reads the transcript…` };
    yield { type: 'notice', text: reason([...sources].join(' and ')) };
  }
  yield* relay(
    answerer,
    [{ role: 'system', content: [text(transcriptInstructions)] }, ...withClips(question, contents, 'first')],
    signal,
    question.toolbox,
  );
}
