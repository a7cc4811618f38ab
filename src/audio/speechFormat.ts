/** What speech recognisers take and what everything is converted to: 16 kHz, mono, PCM of 16 bits, in a WAV file. */
export const speechSampleRate = 16_000;

export const wavHeaderByteLength = 44;

export function wavByteLength(sampleCount: number): number {
  return wavHeaderByteLength + sampleCount * 2;
}

/** How many samples at 16 kHz lie within a duration: sample n is at n / 16000 s. */
export function speechSampleCount(durationSeconds: number): number {
  // The small term takes back what dividing and multiplying by a rate may add to a whole number.
  return Math.max(0, Math.ceil(durationSeconds * speechSampleRate - 1e-6));
}
