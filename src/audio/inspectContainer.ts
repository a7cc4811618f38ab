import { CustomSource, FLAC, Input, Logging, LogLevel, MATROSKA, MP4, MPEG_TS, OGG, QTFF, WEBM } from 'mediabunny';
import type { InputAudioTrack } from 'mediabunny';
import { EarshotError, throwIfCancelled } from '../core/errors.js';
import { createBlockReader } from './blockCache.js';
import type { ByteSource } from './byteSource.js';

/** What the tables inside a container say about its sound. */
export interface InspectedTrack {
  readonly codec?: string;
  readonly sampleRate?: number;
  readonly channels?: number;
  readonly durationSeconds?: number;
}

// It would print what it thinks of a file to the console of the extension host.
Logging.level = LogLevel.Silent;

const readLimit = 32 << 20;

/**
 * Reads the tables of MP4, QuickTime, WebM, Matroska, Ogg, FLAC and transport streams with mediabunny. What cannot be
 * read is left out: the container is known already, and what is wrong with it shows when it is decoded.
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
  const input = new Input({
    formats: [MP4, QTFF, MATROSKA, WEBM, OGG, FLAC, MPEG_TS],
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
  endSearches(input, source.byteLength);
  return input;
}

interface SliceReader {
  requestSliceRange(start: number, minLength: number, maxLength: number): unknown;
}

/**
 * mediabunny 1.61.0 looks for the next sound element of a damaged Matroska file for ever: its search (`resync` in ebml.ts)
 * never gets past its last eight bytes, and finds the same broken element again and again. It ends where it is told that
 * there is nothing more.
 */
function endSearches(input: Input, byteLength: number): void {
  let inner: SliceReader | undefined;
  Object.defineProperty(input, '_reader', {
    configurable: true,
    get: () => inner,
    set: (reader: SliceReader) => {
      const request = reader.requestSliceRange.bind(reader);
      let lastStart = -1;
      let repeats = 0;
      reader.requestSliceRange = (start, minLength, maxLength) => {
        if (minLength > 0) return request(start, minLength, maxLength);
        repeats = start === lastStart ? repeats + 1 : 0;
        lastStart = start;
        return repeats > 8 || Math.min(maxLength, byteLength - start) <= 8
          ? null
          : request(start, minLength, maxLength);
      };
      inner = reader;
    },
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
