import { wavHeaderByteLength } from '../audio/speechFormat.js';
import { writeWavHeader } from '../audio/writeWav.js';
import { EarshotError } from '../core/errors.js';
import type { MediaFormatName } from '../core/media.js';
import type { Usage } from '../core/usage.js';
import { joinSpeech } from '../providers/joinSpeech.js';
import type { SpeechRequest } from '../providers/provider.js';
import type { ChosenModel } from './chooseModel.js';

export interface WholeSpeechFile {
  readonly bytes: Uint8Array;
  readonly format: MediaFormatName;
  readonly usage: Usage;
}

/**
 * Has a text spoken into one file.
 * @throws EarshotError `model-lacks-capability`; `invalid-argument` when there is nothing to speak.
 */
export async function speakWhole(
  { provider, model }: ChosenModel,
  request: Omit<SpeechRequest, 'model'>,
  signal: AbortSignal,
): Promise<WholeSpeechFile> {
  if (request.text.trim() === '') {
    throw new EarshotError('invalid-argument', 'There is no text to speak. Give at least one word.');
  }
  if (provider.speak === undefined) {
    throw new EarshotError('model-lacks-capability', `${model.label} cannot speak. Select another model.`, {
      provider: provider.name,
    });
  }
  const speech = await joinSpeech(provider.speak({ ...request, model: model.ref.model }, signal), model.label);
  if (speech.format !== 'pcm') return { bytes: speech.bytes, format: speech.format, usage: speech.usage };
  const file = new Uint8Array(wavHeaderByteLength + speech.bytes.byteLength);
  file.set(speech.bytes, wavHeaderByteLength);
  writeWavHeader(file, speech.sampleRate);
  return { bytes: file, format: 'wav', usage: speech.usage };
}
