import { decodeByFfmpeg } from './decodeByFfmpeg.ts';
import { decodeMp3 } from './mp3.ts';
import type { ReceivedAudio } from './recorded.ts';
import { mixToMono } from './signal.ts';
import type { Pcm } from './wav.ts';
import { DamagedAudio, decodeWav } from './wav.ts';
import type { WireError } from './wireError.ts';

/** Decodes a clip in the format its bytes were seen to have; `refusal` makes the answer for a damaged or empty one. */
export async function receiveAudio(
  bytes: Uint8Array,
  format: ReceivedAudio['format'],
  refusal: (rule: 'audio-damaged' | 'audio-empty', detail: string) => WireError,
): Promise<ReceivedAudio> {
  try {
    const pcm = await decode(bytes, format);
    const frames = pcm.channels[0]?.length ?? 0;
    if (frames === 0) throw refusal('audio-empty', 'the audio has no samples');
    return {
      format,
      bytes,
      sampleRate: pcm.sampleRate,
      channels: pcm.channels.length,
      durationSeconds: frames / pcm.sampleRate,
      samples: mixToMono(pcm),
      channelSamples: pcm.channels,
    };
  } catch (error) {
    if (error instanceof DamagedAudio) throw refusal('audio-damaged', error.message);
    throw error;
  }
}

function decode(bytes: Uint8Array, format: ReceivedAudio['format']): Pcm | Promise<Pcm> {
  if (format === 'wav') return decodeWav(bytes);
  return format === 'mp3' ? decodeMp3(bytes) : decodeByFfmpeg(bytes);
}

/** OpenAI counts one token for each tenth of a second that it hears. */
export function heardTokens(seconds: number): number {
  return Math.ceil(Math.round(seconds * 10_000) / 1000);
}

/** And one for each twentieth that it says. */
export function spokenTokens(seconds: number): number {
  return Math.ceil(Math.round(seconds * 20_000) / 1000);
}

/** About four characters a token: near enough, and always the same. */
export function textTokens(text: string): number {
  return Math.ceil(text.length / 4);
}
