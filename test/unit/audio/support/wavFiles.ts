/** WAV files of every kind, right and wrong, written byte by byte so that no code under test takes part. */

export interface WavOptions {
  readonly sampleRate?: number;
  readonly channels?: number;
  readonly formatTag?: number;
  readonly bitsPerSample?: number;
  /** What the header says, where it differs from the truth. */
  readonly declaredDataByteLength?: number;
  readonly declaredRiffByteLength?: number;
  readonly container?: 'RIFF' | 'RF64' | 'BW64' | 'RIFX';
  readonly extensible?: boolean;
  readonly before?: readonly (readonly [id: string, body: Uint8Array])[];
  readonly after?: readonly (readonly [id: string, body: Uint8Array])[];
}

export function bytesOf(...parts: readonly (string | number | Uint8Array | readonly number[])[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => {
      if (typeof part === 'string') return Array.from(part, (character) => character.charCodeAt(0));
      return typeof part === 'number' ? [part] : [...part];
    }),
  );
}

export function u16(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff];
}

export function u32(value: number): number[] {
  return [...u16(value & 0xffff), ...u16(Math.floor(value / 65_536))];
}

function chunk(id: string, body: Uint8Array, declared = body.byteLength): Uint8Array {
  const result = new Uint8Array(8 + body.byteLength + (body.byteLength % 2));
  result.set(bytesOf(id, u32(declared)));
  result.set(body, 8);
  return result;
}

export function join(parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((length, part) => length + part.byteLength, 0));
  let length = 0;
  for (const part of parts) {
    result.set(part, length);
    length += part.byteLength;
  }
  return result;
}

export function wavFile(data: Uint8Array, options: WavOptions = {}): Uint8Array {
  const { sampleRate = 16_000, channels = 1, formatTag = 1, bitsPerSample = 16, container = 'RIFF' } = options;
  const blockByteLength = channels * Math.ceil(bitsPerSample / 8);
  const isExtensible = options.extensible === true;
  const isLong = container === 'RF64' || container === 'BW64';
  const fmt = bytesOf(
    u16(isExtensible ? 0xfffe : formatTag),
    u16(channels),
    u32(sampleRate),
    u32(sampleRate * blockByteLength),
    u16(blockByteLength),
    u16(bitsPerSample),
    isExtensible ? [...u16(22), ...u16(bitsPerSample), ...u32(0), ...u16(formatTag), ...u16(0), 0, 0, 0x10, 0] : [],
    isExtensible ? [0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71] : [],
  );
  const body = join([
    bytesOf('WAVE'),
    ...(isLong ? [chunk('ds64', bytesOf(u32(0), u32(0), u32(data.byteLength), u32(0), u32(0), u32(0), u32(0)))] : []),
    ...(options.before ?? []).map(([id, bytes]) => chunk(id, bytes)),
    chunk('fmt ', fmt),
    chunk('data', data, options.declaredDataByteLength ?? (isLong ? 0xffff_ffff : data.byteLength)),
    ...(options.after ?? []).map(([id, bytes]) => chunk(id, bytes)),
  ]);
  const riffByteLength = options.declaredRiffByteLength ?? (isLong ? 0xffff_ffff : body.byteLength);
  return join([bytesOf(container, u32(riffByteLength)), body]);
}

/** Interleaves the channels into PCM of 16 bits. */
export function pcm16(...channels: readonly ArrayLike<number>[]): Uint8Array {
  const frames = channels[0]?.length ?? 0;
  const samples = new Int16Array(frames * channels.length);
  channels.forEach((channel, index) => {
    for (let frame = 0; frame < frames; frame++) {
      samples[frame * channels.length + index] = Math.round((channel[frame] ?? 0) * 32_767);
    }
  });
  return new Uint8Array(samples.buffer);
}

/** The samples of a plain 44-byte-header WAV file. */
export function samplesOf(file: Uint8Array): Int16Array {
  return new Int16Array(file.slice(44).buffer);
}
