import { joinSpeech, type WholeSpeech } from '../../src/providers/joinSpeech.js';
import type { Provider, SpeechRequest } from '../../src/providers/provider.js';

/** What a provider says, as a whole. */
export function speech(provider: Provider, request: SpeechRequest, signal: AbortSignal): Promise<WholeSpeech> {
  if (provider.speak === undefined) throw new Error(`${provider.name} cannot speak`);
  return joinSpeech(provider.speak(request, signal), provider.label);
}
