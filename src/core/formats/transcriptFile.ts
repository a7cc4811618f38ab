import { EarshotError } from '../errors.js';
import { formatTimecode } from '../timecode.js';
import type { Provenance, Transcript } from '../transcript.js';
import { formatUsage } from '../usage.js';
import { parseWebVtt, serialiseCues, serialiseWebVtt } from './webVtt.js';

/** What Earshot wrote into the NOTE of a transcript, as far as it is needed again. */
export interface TranscriptFile {
  readonly segments: Transcript['segments'];
  readonly sourceName?: string;
  readonly sourceSha256?: string;
  readonly model?: string;
  readonly isPartial: boolean;
  /** False when a person changed the file since Earshot wrote it, or when Earshot did not write it. */
  readonly isUntouched: boolean;
}

const title = 'Transcribed by Earshot';
/** Of everything else in the file. */
const checksumKey = 'checksum';
/** Enough to notice an edit, and short to look at. */
const checksumLength = 16;

const timesLines = { all: 'estimated', some: 'partly estimated' } as const;

/** A value on a line of its own: no line break may end the NOTE block early. */
const line = (value: string): string => value.replaceAll(/\s+/g, ' ').trim();

/** @param digest Lower-case hex of a hash over a text; lets a later look tell whether a person has edited the file. */
export function serialiseTranscript(transcript: Transcript, digest: (text: string) => string): string {
  const { provenance } = transcript;
  const note = [
    title,
    `source: ${line(provenance.sourceName)}`,
    `source-sha256: ${provenance.sourceSha256}`,
    ...(provenance.durationSeconds === undefined ? [] : [`duration: ${formatTimecode(provenance.durationSeconds)}`]),
    `model: ${line(provenance.model)}`,
    ...(provenance.language === undefined ? [] : [`language: ${line(provenance.language)}`]),
    ...(provenance.estimatedTimes === undefined ? [] : [`times: ${timesLines[provenance.estimatedTimes]}`]),
    ...(provenance.speakersFrom === undefined ? [] : ['speakers: one on each channel']),
    `date: ${provenance.createdAt}`,
    ...usageLine(provenance),
    ...(provenance.chapters ?? []).map(({ startSeconds, title: name }) =>
      line(`chapter: ${formatTimecode(startSeconds)} ${name}`),
    ),
    ...(provenance.completeUntilSeconds === undefined
      ? []
      : [`partial: stopped at ${formatTimecode(provenance.completeUntilSeconds)}`]),
  ].join('\n');
  const cues = serialiseCues(transcript.segments);
  const checksum = digest(serialiseWebVtt([note], cues)).slice(0, checksumLength);
  return serialiseWebVtt([`${note}\n${checksumKey}: ${checksum}`], cues);
}

function usageLine(provenance: Provenance): string[] {
  const usage = provenance.usage === undefined ? '' : formatUsage(provenance.usage);
  return usage === '' ? [] : [`usage: ${usage}`];
}

/**
 * Whether a transcript is still as `serialiseTranscript` made it. Line ends do not count: editors and git may change them, and
 * that is nobody's edit.
 */
export function isUntouched(content: string, digest: (text: string) => string): boolean {
  const plain = content.replaceAll('\r\n', '\n');
  if (!plain.startsWith(`WEBVTT\n\nNOTE ${title}\n`)) return false;
  const line = new RegExp(`\\n${checksumKey}: (.*)`).exec(plain);
  if (line === null) return false;
  const rest = plain.slice(0, line.index) + plain.slice(line.index + line[0].length);
  return line[1] === digest(rest).slice(0, checksumLength);
}

/** @throws EarshotError `transcript-unreadable` when the text is not WebVTT. */
export function parseTranscript(name: string, content: string, digest: (text: string) => string): TranscriptFile {
  const vtt = parseWebVtt(content);
  if (vtt === undefined) {
    throw new EarshotError(
      'transcript-unreadable',
      `${name} is not a WebVTT file: it must begin with the line "WEBVTT". Transcribe the recording again, or mend the file.`,
    );
  }
  const note = vtt.notes.find((candidate) => candidate.startsWith(title)) ?? '';
  const field = (key: string): string | undefined => new RegExp(`^${key}: (.*)$`, 'm').exec(note)?.[1];
  const sourceName = field('source');
  const sourceSha256 = field('source-sha256');
  const model = field('model');
  return {
    segments: vtt.cues,
    ...(sourceName === undefined ? {} : { sourceName }),
    ...(sourceSha256 === undefined ? {} : { sourceSha256 }),
    ...(model === undefined ? {} : { model }),
    isPartial: field('partial') !== undefined,
    isUntouched: isUntouched(content, digest),
  };
}
