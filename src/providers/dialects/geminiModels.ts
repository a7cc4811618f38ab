import type { Capabilities } from '../../core/model.js';
import { known, listAt, numberAt, stringAt } from './wire.js';

export interface ListedModel {
  readonly id: string;
  readonly capabilities: Partial<Capabilities>;
}

/** A model as the vendor lists it. What it hears or says is not told there; what cannot be asked through our requests is. */
export function decodeGeminiModel(model: unknown): ListedModel | undefined {
  const id = stringAt(model, 'name')?.replace(/^models\//, '');
  if (id === undefined || id === '') return undefined;
  const actions = listAt(model, 'supportedActions');
  return {
    id,
    capabilities: {
      ...known({
        maxContextTokens: numberAt(model, 'inputTokenLimit'),
        maxOutputTokens: numberAt(model, 'outputTokenLimit'),
      }),
      ...(actions === undefined || actions.includes('generateContent')
        ? {}
        : { chat: false, transcription: false, speech: false }),
    },
  };
}
