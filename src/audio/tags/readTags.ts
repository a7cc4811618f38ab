import type { Probe } from '../../core/clip.js';
import { throwIfCancelled } from '../../core/errors.js';
import type { ByteSource } from '../byteSource.js';
import { readAiffTags, readWavTags } from './chunkTags.js';
import { FoundTags } from './foundTags.js';
import { HeaderReader } from './headerReader.js';
import { readId3v2 } from './id3v2.js';
import { readMatroskaTags } from './matroskaTags.js';
import { readMp4Tags } from './mp4Tags.js';
import { readTailTags } from './tailTags.js';
import { readFlacComments, readOggComments } from './vorbisComments.js';

/**
 * What a recording says of itself in words. Own code, since the libraries for it (mediabunny 1.61, music-metadata 12)
 * read pictures with the names, know chapters of two formats at most, or read an ID3 tag of any size as a whole.
 * Never throws but when cancelled: a recording without its names is still a recording.
 * @param start Where the container begins, behind any ID3v2 tags.
 */
export async function readTags(
  source: ByteSource,
  probe: Probe,
  start: number,
  signal?: AbortSignal,
): Promise<Pick<Probe, 'tags' | 'chapters'>> {
  const found = new FoundTags();
  try {
    await readInto(source, probe, start, found, signal);
  } catch {
    // Whatever is wrong with the file is told by who needs its sound.
    throwIfCancelled(signal);
  }
  return found.result();
}

async function readInto(
  source: ByteSource,
  { container, sampleRate }: Probe,
  start: number,
  found: FoundTags,
  signal: AbortSignal | undefined,
): Promise<void> {
  const reader = new HeaderReader(source, signal);
  switch (container) {
    case 'mp3':
    case 'aac':
      if (start > 0) await readId3v2(reader, 0, found);
      await readTailTags(reader, found);
      break;
    case 'flac':
      await readFlacComments(reader, start, found);
      if (start > 0) await readId3v2(reader, 0, found);
      break;
    case 'ogg':
      await readOggComments(source, found, signal);
      break;
    case 'mp4':
    case 'mov':
      await readMp4Tags(reader, found);
      break;
    case 'webm':
      await readMatroskaTags(reader, found);
      break;
    case 'wav':
      if (sampleRate !== undefined) await readWavTags(source, reader, found, sampleRate, signal);
      break;
    case 'aiff':
      if (sampleRate !== undefined) await readAiffTags(source, reader, found, sampleRate, signal);
      break;
    default:
      break;
  }
}
