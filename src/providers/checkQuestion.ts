import { hasAudio, refuseImagesWithAudio } from '../core/conversation.js';
import { EarshotError, type ErrorReason } from '../core/errors.js';
import { mediaFormatLabel } from '../core/media.js';
import type { Capabilities } from '../core/model.js';
import { formatByteLength, formatDuration } from '../core/timecode.js';
import type { AnswerRequest } from './provider.js';

type Ability = {
  [K in keyof Capabilities]-?: NonNullable<Capabilities[K]> extends boolean ? K : never;
}[keyof Capabilities];

/** What a request asks of a model, and how that is called. */
function neededAbilities(request: AnswerRequest): readonly (readonly [Ability, string])[] {
  const hears = hasAudio(request.messages);
  const sees = request.messages.some(({ content }) => content.some(({ type }) => type === 'image'));
  return [
    hears ? ['audioInput', 'hear audio'] : ['chat', 'answer questions'],
    ...(sees ? [['images', 'see images'] as const] : []),
    ...((request.tools ?? []).length > 0 ? [['tools', 'use tools'] as const] : []),
    ...(request.jsonSchema === undefined ? [] : [['structuredOutput', 'answer in JSON of a given shape'] as const]),
    ...(request.spokenReply === undefined ? [] : [['audioOutput', 'answer aloud'] as const]),
  ];
}

/**
 * Refuses, before anything is sent, what the model's row says it cannot take.
 * @throws EarshotError `model-lacks-capability`, `unsupported-media`, `clip-too-large`, `clip-too-long`, `images-with-audio`
 */
export function checkQuestion(
  request: AnswerRequest,
  capabilities: Capabilities,
  { name, label }: { readonly name: string; readonly label: string },
): void {
  const refuse = (reason: ErrorReason, message: string): EarshotError =>
    new EarshotError(reason, message, { provider: name });
  refuseImagesWithAudio(request.messages);
  for (const [ability, verb] of neededAbilities(request)) {
    if (capabilities[ability] === true) continue;
    throw refuse(
      'model-lacks-capability',
      `The model "${request.model}" of ${label} cannot ${verb}. Select another model, or, if it can, say so under earshot.providers › ${name} › models.`,
    );
  }
  const isSpoken = hasAudio(request.messages) || request.spokenReply !== undefined;
  if (capabilities.needsAudio === true && !isSpoken) {
    throw refuse(
      'model-lacks-capability',
      `The model "${request.model}" of ${label} answers only questions that hold audio. Attach a recording, or select a model that reads text.`,
    );
  }
  const { inputFormats, maxInputBytes, maxInputSeconds } = capabilities;
  let byteLength = 0;
  for (const block of request.messages.flatMap((message) => message.content)) {
    if (block.type !== 'input_audio') continue;
    const { data, format, durationSeconds } = block.input_audio;
    byteLength += data.byteLength;
    if (!inputFormats.includes(format)) {
      const taken = inputFormats.map(mediaFormatLabel).join(' or ');
      throw refuse(
        'unsupported-media',
        `The model "${request.model}" of ${label} takes ${taken}, and this recording is ${mediaFormatLabel(format)}. Convert it, or select another model.`,
      );
    }
    // Pieces are cut by samples: a rounding is no excess.
    if (maxInputSeconds !== undefined && (durationSeconds ?? 0) > maxInputSeconds + 0.1) {
      throw refuse(
        'clip-too-long',
        `A recording of this question has ${formatDuration(durationSeconds ?? 0)}, and "${request.model}" of ${label} takes ${formatDuration(maxInputSeconds)} at a time. Ask about a shorter part, or transcribe first.`,
      );
    }
  }
  if (maxInputBytes !== undefined && byteLength > maxInputBytes) {
    throw refuse(
      'clip-too-large',
      `The recordings of this question have ${formatByteLength(byteLength)}, and "${request.model}" of ${label} takes ${formatByteLength(maxInputBytes)}. Ask about a shorter part, or transcribe first.`,
    );
  }
}
