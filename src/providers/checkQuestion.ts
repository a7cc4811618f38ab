import { hasAudio, refuseImagesWithAudio } from '../core/conversation.js';
import { EarshotError, type ErrorReason } from '../core/errors.js';
import { mediaFormatLabel } from '../core/media.js';
import type { Capabilities } from '../core/model.js';
import { formatByteLength } from '../core/timecode.js';
import type { ModelFacts } from './modelRows.js';
import type { AnswerRequest } from './provider.js';

/** Whom we are about to ask. */
export interface Answerer {
  readonly provider: string;
  readonly label: string;
  readonly factsOf: (id: string) => ModelFacts;
}

function refuse({ provider }: Answerer, reason: ErrorReason, message: string): EarshotError {
  return new EarshotError(reason, message, { provider });
}

/** The row of a model that can do a thing. @throws EarshotError `model-lacks-capability` for one that cannot. */
export function need(answerer: Answerer, id: string, can: keyof Capabilities, verb: string): ModelFacts {
  const facts = answerer.factsOf(id);
  if (facts.capabilities[can] === true) return facts;
  throw refuse(
    answerer,
    'model-lacks-capability',
    `The model "${id}" of ${answerer.label} cannot ${verb}. Select another model, or, if it can, say so under earshot.providers › ${answerer.provider} › models.`,
  );
}

/** The row of the model, when it can take this question as it is. @throws EarshotError before anything is sent. */
export function checkQuestion(answerer: Answerer, request: AnswerRequest): ModelFacts {
  refuseImagesWithAudio(request.messages);
  const hears = hasAudio(request.messages);
  const facts = need(answerer, request.model, hears ? 'audioInput' : 'chat', hears ? 'hear audio' : 'answer questions');
  if ((request.tools ?? []).length > 0) need(answerer, request.model, 'tools', 'call tools');
  if (request.jsonSchema !== undefined) need(answerer, request.model, 'structuredOutput', 'keep to a JSON Schema');
  if (request.spokenReply !== undefined) need(answerer, request.model, 'audioOutput', 'answer aloud');
  const { capabilities } = facts;
  if (!hears && capabilities.needsAudio === true) {
    throw refuse(
      answerer,
      'model-lacks-capability',
      `The model "${request.model}" of ${answerer.label} answers only questions that hold audio. Attach a recording, or select a model that reads text.`,
    );
  }
  const blocks = request.messages.flatMap((message) => message.content);
  if (blocks.some(({ type }) => type === 'image')) need(answerer, request.model, 'images', 'see images');
  let byteLength = 0;
  for (const block of blocks) {
    if (block.type !== 'input_audio') continue;
    const { data, format } = block.input_audio;
    byteLength += data.byteLength;
    if (capabilities.inputFormats.includes(format)) continue;
    const taken = capabilities.inputFormats.map(mediaFormatLabel).join(' or ');
    throw refuse(
      answerer,
      'unsupported-media',
      `The model "${request.model}" of ${answerer.label} takes ${taken}, and this recording is ${mediaFormatLabel(format)}. Convert it, or select another model.`,
    );
  }
  const limit = capabilities.maxInputBytes;
  if (limit !== undefined && byteLength > limit) {
    throw refuse(
      answerer,
      'clip-too-large',
      `The recordings of this question have ${formatByteLength(byteLength)}, and "${request.model}" of ${answerer.label} takes ${formatByteLength(limit)}. Ask about a shorter part, or transcribe first.`,
    );
  }
  return facts;
}
