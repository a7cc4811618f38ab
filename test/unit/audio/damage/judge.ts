import type { SoundFormat } from '../support/soundFormats.js';
import type { DamageAnswer } from './damageProtocol.js';

export const memoryLimitMegabytes = 300;

/** What was done to which file, as far as it matters for what may come of it. */
export interface Case {
  readonly format: SoundFormat;
  readonly kind: string;
  /** Of the file before it was damaged. */
  readonly seconds: number;
  readonly isSilent: boolean;
  /** Of the damaged file. */
  readonly byteLength: number;
}

const reasons = /^(clip-unreadable|clip-empty|clip-too-large|clip-too-long|unsupported-media)$/;
/** These take away, and put nothing in: silence stays silence. */
const addNothing: readonly string[] = ['cut short', 'without its beginning', 'empty'];
const addZeros: readonly string[] = ['a block of zeros', 'zeros to the end'];
/** In which zero is not silence, or less than a whole sample may be missing. */
const loudZeros = /u8|law|ADPCM/;
/** Their frames or pages simply end. */
const saysNoLength = /without a tag|Layer II|ADTS|transport stream|without a duration/;
const clickSampleCount = 5000;
const longestRate = 48_000;

/** What is wrong with how a damaged file was read; undefined when nothing is. */
export function complaint(of: Case, { heard, error, printed }: DamageAnswer): string | undefined {
  if (printed !== '') return `it printed ${printed}`;
  if (error !== undefined) return reasons.test(error.reason) ? undefined : `${error.reason}: ${error.message}`;
  if (heard === undefined) return 'neither sound nor an error';
  return tooMuch(of, heard) ?? fromSilence(of, heard) ?? unmarked(of, heard);
}

/** A file that says how long it is must not pass for whole when its end is missing. */
function unmarked(of: Case, heard: NonNullable<DamageAnswer['heard']>): string | undefined {
  const isCut = of.kind === 'cut short' || of.kind === 'zeros to the end';
  if (!isCut || of.isSilent || heard.sampleCount === undefined || saysNoLength.test(of.format.name)) return undefined;
  if (of.kind === 'zeros to the end' && of.format.isPlain === true) return undefined;
  const isPart = heard.seconds < of.seconds - 0.3;
  return isPart && heard.endsAtSeconds === undefined
    ? `${heard.seconds} s of ${of.seconds} s, and no word of it (probe: ${JSON.stringify(heard.probe)})`
    : undefined;
}

function tooMuch(of: Case, heard: NonNullable<DamageAnswer['heard']>): string | undefined {
  const { isPlain } = of.format;
  if (heard.isFinite === false) return 'samples that are no numbers';
  const { audibleCount = 0, sampleCount = 0 } = heard;
  // PCM says what it likes about its rate, but a byte holds at most two samples of it.
  if (isPlain === true) return sampleCount > 2 * of.byteLength + 2048 ? `${sampleCount} samples of PCM` : undefined;
  // Twice where it was spliced, and what a decoder makes of the edges.
  const most = (2 * of.seconds + 1) * longestRate;
  if (audibleCount > most) return `${audibleCount} audible samples, where ${most} are possible`;
  return undefined;
}

function fromSilence(of: Case, { loudCount = 0 }: NonNullable<DamageAnswer['heard']>): string | undefined {
  if (!of.isSilent || loudCount === 0) return undefined;
  const isPacked = of.format.isPlain !== true;
  const isQuiet = addNothing.includes(of.kind) || (addZeros.includes(of.kind) && !loudZeros.test(of.format.name));
  // To a codec zeros are bits like others: the frames at the edges of a hole may click.
  const most = isPacked && addZeros.includes(of.kind) ? clickSampleCount : 0;
  return isQuiet && loudCount > most ? `${loudCount} loud samples from silence` : undefined;
}
