import { CustomSource, FLAC, Input, Logging, LogLevel, MPEG_TS, OGG } from 'mediabunny';
import type { InputAudioTrack } from 'mediabunny';
import { EarshotError, throwIfCancelled } from '../core/errors.js';
import { createBlockReader } from './blockCache.js';
import type { ByteSource } from './byteSource.js';
import type { InspectedTrack } from './inspectedTrack.js';

// It would print what it thinks of a file to the console of the extension host.
Logging.level = LogLevel.Silent;

const readLimit = 32 << 20;

/**
 * Reads the tables of Ogg, FLAC and transport streams with mediabunny. What cannot be read is left out: the container is
 * known already, and what is wrong with it shows when it is decoded.
 * @throws EarshotError `unsupported-media` when the file has pictures but no sound.
 */
export async function inspectContainer(source: ByteSource, signal?: AbortSignal): Promise<InspectedTrack> {
  const input = openInput(source, signal, readLimit);
  try {
    const tracks = await input.getTracks();
    const track = await input.getPrimaryAudioTrack();
    if (track !== null) return await describeTrack(track, (await input.getFormat()) === OGG);
    if (tracks.length > 0) {
      throw new EarshotError('unsupported-media', `${source.name} has no sound track. Choose a file with sound.`);
    }
    return {};
  } catch (error) {
    throwIfCancelled(signal);
    if (error instanceof EarshotError) throw error;
    return {};
  } finally {
    input.dispose();
  }
}

/** @param readByteLengthLimit A damaged file must not make a look at its beginning into a reading of the whole. */
export function openInput(source: ByteSource, signal: AbortSignal | undefined, readByteLengthLimit: number): Input {
  let readByteLength = 0;
  const read = createBlockReader(source, signal);
  return new Input({
    formats: [OGG, FLAC, MPEG_TS],
    source: new CustomSource({
      getSize: () => source.byteLength,
      read: (start, end) => {
        readByteLength += end - start;
        if (readByteLength > readByteLengthLimit) throw new RangeError('The tables of this container are too large.');
        return read(start, end);
      },
      handleUnhandledError: (error) => error,
      maxCacheSize: 0,
    }),
  });
}

async function describeTrack(track: InputAudioTrack, isOgg: boolean): Promise<InspectedTrack> {
  const codec = (await track.getCodec()) ?? internalName(await track.getInternalCodecId());
  const sampleRate = await track.getSampleRate();
  const channels = await track.getNumberOfChannels();
  // Ogg says how long it is only on its last page; for the others reading to the end may take seconds.
  const duration = isOgg ? await track.computeDuration() : await track.getDurationFromMetadata();
  return {
    ...(codec === undefined ? {} : { codec }),
    ...(sampleRate > 0 ? { sampleRate } : {}),
    ...(channels > 0 ? { channels } : {}),
    ...(duration !== null && duration > 0 && Number.isFinite(duration) ? { durationSeconds: duration } : {}),
  };
}

function internalName(codec: string | number | Uint8Array | null): string | undefined {
  return typeof codec === 'string' && codec.trim() !== '' ? codec.trim().toLowerCase() : undefined;
}
