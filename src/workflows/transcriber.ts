import type { PrepareOptions } from '../audio/engine.js';
import { EarshotError } from '../core/errors.js';
import { transcriptionWay } from '../core/model.js';
import type { TranscriptionEvent, TranscriptionRequest } from '../providers/provider.js';
import { prepareOptions } from './beforeSending.js';
import type { ChosenModel } from './chooseModel.js';
import { askedPieceSeconds, transcribeByAsking } from './transcribeByAsking.js';

/** Who writes down pieces, whichever way the model has for that. */
export interface Transcriber {
  /** What pieces have to be like. */
  readonly prepared: PrepareOptions;
  readonly transcribe: (request: TranscriptionRequest, signal: AbortSignal) => AsyncIterable<TranscriptionEvent>;
}

/** @throws EarshotError `model-lacks-capability` */
export function transcriber(chosen: ChosenModel): Transcriber {
  const { provider, model } = chosen;
  const { capabilities } = model;
  const prepared = prepareOptions(capabilities);
  if (transcriptionWay(capabilities) === 'asking' && provider.converse !== undefined) {
    return {
      prepared: { ...prepared, maxSeconds: askedPieceSeconds(capabilities) },
      transcribe: (request, signal) => transcribeByAsking(chosen, request, signal),
    };
  }
  const transcribe = provider.transcribe?.bind(provider);
  if (transcribe !== undefined) return { prepared, transcribe };
  throw new EarshotError('model-lacks-capability', `${provider.label} cannot transcribe. Select another model.`, {
    provider: provider.name,
  });
}
