import { throwIfCancelled } from '../core/errors.js';
import { analyse, isSilent } from './analyse/analyse.js';
import type { ByteSource } from './byteSource.js';
import { planDelivery } from './delivery.js';
import { openLocalEncoder } from './encoders/encoderLink.js';
import type { EncoderLink } from './encoders/encoderLink.js';
import type { Encoding, LoadWasm } from './encoders/soundEncoder.js';
import type { AudioEngine, AudioSource } from './engine.js';
import type { OpenForeign } from './openStream.js';
import { prepare } from './prepare.js';
import { examine } from './probe.js';
import { readBlocks } from './readBlocks.js';

/** What the engine needs from the platform that it runs on. */
export interface AudioPlatform {
  /** @throws EarshotError `clip-unreadable`. */
  open(source: AudioSource, signal?: AbortSignal): Promise<ByteSource>;
  /** Web Crypto digests only what is wholly in memory, so the platform brings one that takes blocks. */
  createSha256(): Sha256;
  readonly loadWasm: LoadWasm;
  /** Encodes in another thread, so that decoding goes on meanwhile; absent where there is one core only. */
  readonly openEncoder?: (encoding: Encoding) => Promise<EncoderLink>;
  /**
   * Reads with a program of the machine (ffmpeg) what Earshot does not read.
   * @returns undefined when there is none, or it is switched off.
   */
  readonly findForeign?: (source: AudioSource, signal?: AbortSignal) => Promise<OpenForeign | undefined>;
}

export interface Sha256 {
  update(bytes: Uint8Array): void;
  /** Lower-case hex; called once. */
  digest(): string;
}

export function createAudioEngine(platform: AudioPlatform): AudioEngine {
  async function withSource<Result>(
    source: AudioSource,
    signal: AbortSignal | undefined,
    work: (opened: ByteSource) => Promise<Result>,
  ): Promise<Result> {
    throwIfCancelled(signal);
    const opened = await platform.open(source, signal);
    try {
      return await work(heedingCancel(opened));
    } finally {
      await opened.close();
    }
  }
  // PCM is packed faster than it is handed to another thread.
  const openEncoder = (encoding: Encoding): Promise<EncoderLink> =>
    platform.openEncoder === undefined || encoding.codec === 'pcm-s16'
      ? openLocalEncoder(encoding, platform.loadWasm)
      : platform.openEncoder(encoding);
  const foreignOf = (source: AudioSource, signal: AbortSignal | undefined): Promise<OpenForeign | undefined> =>
    platform.findForeign?.(source, signal) ?? Promise.resolve(undefined);
  return {
    probe: (source, signal) => withSource(source, signal, async (opened) => (await examine(opened, signal)).probe),
    plan: (source, options, signal) =>
      withSource(source, signal, async (opened) => {
        const { probe } = await examine(opened, signal);
        return planDelivery(probe, options, { hasFfmpeg: (await foreignOf(source, signal)) !== undefined });
      }),
    analyse: (source, options = {}, signal) =>
      withSource(source, signal, async (opened) => analyse(opened, options, await foreignOf(source, signal), signal)),
    isSilent: (source, options = {}, signal) =>
      withSource(source, signal, async (opened) => isSilent(opened, options, await foreignOf(source, signal), signal)),
    async *prepare(source, options, signal) {
      throwIfCancelled(signal);
      const opened = await platform.open(source, signal);
      try {
        const openForeign = await foreignOf(source, signal);
        const tools = { openEncoder, ...(openForeign === undefined ? {} : { openForeign }) };
        yield* prepare(heedingCancel(opened), options, tools, signal);
      } finally {
        await opened.close();
      }
    },
    sha256: (source, signal) =>
      withSource(source, signal, async (opened) => {
        const hash = platform.createSha256();
        for await (const block of readBlocks(opened, 0, opened.byteLength, 1 << 20, signal)) hash.update(block);
        return hash.digest();
      }),
  };
}

/** A cancel that comes while a read is under way is heard when it ends, wherever in the engine that is. */
function heedingCancel(source: ByteSource): ByteSource {
  return {
    name: source.name,
    byteLength: source.byteLength,
    close: () => source.close(),
    async read(start, end, signal) {
      throwIfCancelled(signal);
      const bytes = await source.read(start, end, signal);
      throwIfCancelled(signal);
      return bytes;
    },
  };
}
