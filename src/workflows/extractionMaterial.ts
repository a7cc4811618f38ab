import { type ContentBlock, text } from '../core/conversation.js';
import { EarshotError, throwIfCancelled } from '../core/errors.js';
import { formatByteLength, formatDuration, formatTimecode } from '../core/timecode.js';
import type { Usage } from '../core/usage.js';
import type { TranscriptionHints } from './answerQuestion.js';
import { silentRecording } from './conversationMessages.js';
import { DamageReport, deliveryReason, prepareOptions, silentClips } from './beforeSending.js';
import type { ChosenModel, FindTranscriber } from './chooseModel.js';
import type { OpenClip, TranscriptShelf, WorkflowPorts } from './ports.js';
import { timedTranscript, transcriptOf } from './transcribeFirst.js';

/** What a model is given of the recordings. */
export interface Material {
  readonly blocks: readonly ContentBlock[];
  /** Of the audio; 0 where it is text. */
  readonly byteLength: number;
  readonly audioSeconds: number;
  readonly characters: number;
}

export type MaterialStep =
  | { readonly type: 'progress'; readonly text: string }
  | { readonly type: 'notice'; readonly text: string }
  | { readonly type: 'usage'; readonly label: string; readonly usage: Usage; readonly of: ChosenModel | undefined };

type Ports = WorkflowPorts & { readonly shelf: TranscriptShelf };

/**
 * Finds the silent ones before anybody is paid to listen to them.
 * @throws EarshotError `clip-silent` when no other is left.
 */
export async function* findSilent(
  clips: readonly OpenClip[],
  ports: WorkflowPorts,
  signal: AbortSignal,
): AsyncGenerator<MaterialStep, ReadonlySet<OpenClip>> {
  const silent = new Set<OpenClip>();
  for (const clip of clips) {
    yield { type: 'progress', text: `Opening ${clip.name}…` };
    if (await ports.engine.isSilent(clip.source, {}, signal)) silent.add(clip);
  }
  if (silent.size === clips.length) throw silentClips(clips);
  for (const { name } of silent) yield { type: 'notice', text: `${name} is silent, or nearly so, and is not sent.` };
  return silent;
}

/** Why the model cannot take so much audio at once; undefined when it can. */
function excess({ model }: ChosenModel, byteLength: number, seconds: number): string | undefined {
  const { maxInputBytes, maxContextTokens, audioTokensPerSecond } = model.capabilities;
  if (maxInputBytes !== undefined && byteLength > maxInputBytes) {
    return `${model.label} takes ${formatByteLength(maxInputBytes)} of audio in one question`;
  }
  const tokens = seconds * (audioTokensPerSecond ?? 0);
  if (maxContextTokens !== undefined && tokens > maxContextTokens) {
    return `${model.label} hears ${formatDuration(maxContextTokens / (audioTokensPerSecond ?? 1))} in one question`;
  }
  return undefined;
}

/** The recordings themselves; or why they do not fit, before anything is sent. */
export async function* audioMaterial(
  clips: readonly OpenClip[],
  silent: ReadonlySet<OpenClip>,
  chosen: ChosenModel,
  ports: WorkflowPorts,
  signal: AbortSignal,
): AsyncGenerator<MaterialStep, Material | { readonly excess: string }> {
  const options = prepareOptions(chosen.model.capabilities);
  const blocks: ContentBlock[] = [];
  let byteLength = 0;
  let audioSeconds = 0;
  for (const [index, clip] of clips.entries()) {
    if (silent.has(clip)) {
      blocks.push(text(silentRecording(index + 1, clip)));
      continue;
    }
    const delivery = deliveryReason(await ports.engine.plan(clip.source, options, signal));
    yield { type: 'progress', text: `${clip.name} is ${delivery ?? 'prepared'}…` };
    const damage = new DamageReport(clip.name, await ports.engine.probe(clip.source, signal));
    blocks.push(text(`Recording ${index + 1}: "${clip.name}"`));
    for await (const piece of ports.engine.prepare(clip.source, options, signal)) {
      damage.add(piece);
      const durationSeconds = piece.endSeconds - piece.startSeconds;
      byteLength += piece.bytes.byteLength;
      audioSeconds += durationSeconds;
      const why = excess(chosen, byteLength, audioSeconds);
      if (why !== undefined) return { excess: why };
      if (piece.startSeconds > 0) {
        blocks.push(text(`"${clip.name}" goes on from ${formatTimecode(piece.startSeconds)}:`));
      }
      blocks.push({ type: 'input_audio', input_audio: { data: piece.bytes, format: piece.format, durationSeconds } });
    }
    throwIfCancelled(signal);
    damage.finish();
    for (const warning of damage.warnings) yield { type: 'notice', text: warning };
  }
  return { blocks, byteLength, audioSeconds, characters: 0 };
}

const charactersPerToken = 4;

/**
 * What is said in the recordings, transcribed first where no transcript is there.
 * @throws EarshotError `clip-too-long` when the reader cannot take so much, and what stopped a transcription.
 */
export async function* transcriptMaterial(
  clips: readonly OpenClip[],
  silent: ReadonlySet<OpenClip>,
  reader: { readonly label: string; readonly chosen?: ChosenModel },
  findTranscriber: FindTranscriber,
  hints: TranscriptionHints & { readonly sendSilent?: boolean },
  ports: Ports,
  signal: AbortSignal,
): AsyncGenerator<MaterialStep, Material> {
  const blocks: ContentBlock[] = [];
  const sources = new Set<string>();
  let characters = 0;
  for (const [index, clip] of clips.entries()) {
    if (silent.has(clip)) {
      blocks.push(text(silentRecording(index + 1, clip)));
      continue;
    }
    const steps = transcriptOf(clip, findTranscriber, hints, ports, signal, reader.chosen?.provider);
    for (;;) {
      const { value, done } = await steps.next();
      if (done === true) {
        const { segments, by } = value;
        const who =
          by === undefined ? 'a transcript that was there' : `a transcript by ${by.model.label} (${by.provider.label})`;
        sources.add(who);
        const words = `Recording ${index + 1}: "${clip.name}"\n<transcript>\n${timedTranscript(segments)}\n</transcript>`;
        characters += words.length;
        blocks.push({ ...text(words), isLasting: true });
        break;
      }
      if (value.type === 'progress' || value.type === 'notice' || value.type === 'usage') yield value;
    }
  }
  const room = reader.chosen?.model.capabilities.maxContextTokens;
  if (room !== undefined && characters / charactersPerToken > room) {
    throw new EarshotError(
      'clip-too-long',
      `What is said in ${clips.map(({ name }) => name).join(', ')} is too much for ${reader.label}, which reads about ${room.toLocaleString('en-US')} tokens. Select a model that takes more, or fewer recordings.`,
    );
  }
  yield {
    type: 'notice',
    text: `${reader.label} read a text: the data rests on ${[...sources].join(' and ')}, not on the sound.`,
  };
  return { blocks, byteLength: 0, audioSeconds: 0, characters };
}
