const encoderName = 'Earshot';

/** The two header packets of Opus in Ogg (RFC 7845, 5). @param preSkip At 48 kHz: samples to decode and leave out. */
export function opusHeaders(channels: number, preSkip: number, sampleRate: number): [Uint8Array, Uint8Array] {
  const head = new Uint8Array(19);
  const view = new DataView(head.buffer);
  head.set(new TextEncoder().encode('OpusHead'));
  view.setUint8(8, 1);
  view.setUint8(9, channels);
  view.setUint16(10, preSkip, true);
  view.setUint32(12, sampleRate, true);
  return [head, opusTags()];
}

export function opusTags(): Uint8Array {
  const tags = new Uint8Array(16 + encoderName.length);
  tags.set(new TextEncoder().encode('OpusTags'));
  new DataView(tags.buffer).setUint32(8, encoderName.length, true);
  tags.set(new TextEncoder().encode(encoderName), 12);
  return tags;
}

/** How long a packet plays, in samples at 48 kHz, from its first bytes (RFC 6716, 3.1). 0 when it is none. */
export function opusPacketSampleCount(packet: Uint8Array): number {
  const [first, second = 0] = packet;
  if (first === undefined) return 0;
  const configuration = first >> 3;
  const frame =
    configuration >= 16
      ? 120 << (configuration & 3)
      : configuration >= 12
        ? 480 << (configuration & 1)
        : (configuration & 3) === 3
          ? 2880
          : 480 << (configuration & 3);
  const code = first & 3;
  const frames = code === 0 ? 1 : code === 3 ? second & 63 : 2;
  return frame * frames;
}
