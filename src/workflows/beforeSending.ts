import type { Delivery } from '../audio/delivery.js';
import type { Piece, PrepareOptions } from '../audio/engine.js';
import type { Probe } from '../core/clip.js';
import { EarshotError } from '../core/errors.js';
import { estimateDollars, type Workload } from '../core/estimate.js';
import type { Capabilities } from '../core/model.js';
import { formatDuration } from '../core/timecode.js';
import { formatCost } from '../core/usage.js';
import type { ChosenModel } from './chooseModel.js';
import type { OpenClip } from './ports.js';

type Problem = NonNullable<Piece['problems']>[number];

/** What the engine has to make of a recording so that a model with this row takes it. */
export function prepareOptions(capabilities: Capabilities): PrepareOptions {
  return {
    formats: capabilities.inputFormats,
    ...(capabilities.maxInputBytes === undefined ? {} : { maxBytes: capabilities.maxInputBytes }),
    ...(capabilities.maxInputSeconds === undefined ? {} : { maxSeconds: capabilities.maxInputSeconds }),
  };
}

/**
 * So large are the parts of what has to go in parts. Larger ones keep a person waiting for the first words, lose more where
 * one fails, and each that is on its way is in memory more than once.
 */
const partByteLength = 8_000_000;

/** What fits into one request goes in one. */
export function inHandyParts(prepared: PrepareOptions, { byteLength }: Pick<Probe, 'byteLength'>): PrepareOptions {
  const { maxBytes } = prepared;
  if (maxBytes === undefined || byteLength <= maxBytes) return prepared;
  return { ...prepared, maxBytes: Math.min(maxBytes, partByteLength) };
}

/** How the recording reaches the model, to be set after "is" or "will be"; undefined where it does not. */
export function deliveryReason(plan: Delivery): string | undefined {
  return plan.way === 'refuse' ? undefined : plan.reason;
}

/** What the work is likely to cost, to be set behind a word on it; empty where nobody knows or nothing is billed. */
export function estimatedCost({ provider, model }: ChosenModel, workload: Workload): string {
  const dollars = provider.isLocal ? undefined : estimateDollars(model.capabilities, workload);
  return dollars === undefined || dollars === 0 ? '' : `, about ${formatCost(dollars)}`;
}

/** Recordings that there is no sense in paying for: the user may have meant others, or want them sent all the same. */
export function silentClips(clips: readonly Pick<OpenClip, 'name'>[]): EarshotError {
  const [are, them] = clips.length === 1 ? ['is', 'the recording'] : ['are', 'the recordings'];
  return new EarshotError(
    'clip-silent',
    `${listed(clips.map(({ name }) => name))} ${are} silent, or nearly so: there is nothing to listen to, and nothing was sent. Check ${them}, or send ${clips.length === 1 ? 'it' : 'them'} anyway.`,
  );
}

/** Pictures may go on for a moment after the sound of a video. */
const missingSeconds = 2;

/** What could not be read of a recording. */
export class DamageReport {
  readonly #name: string;
  readonly #probe: Probe;
  readonly #problems: Problem[] = [];
  #reachedSeconds = 0;

  constructor(name: string, probe: Probe) {
    this.#name = name;
    this.#probe = probe;
  }

  add({ problems = [], endSeconds }: Piece): void {
    this.#problems.push(...problems);
    this.#reachedSeconds = endSeconds;
  }

  /** Called after the last piece: what is cut without being decoded may end early without a word. */
  finish(): void {
    const { durationSeconds = 0, durationIsEstimate = false } = this.#probe;
    const isShort = this.#reachedSeconds < durationSeconds - missingSeconds && !durationIsEstimate;
    if (!isShort || this.endSeconds !== undefined) return;
    const message = `The file says that it plays to ${formatDuration(durationSeconds)}, but its sound ends here.`;
    this.#problems.push({ atSeconds: this.#reachedSeconds, message, isEnd: true });
  }

  /** Where the readable sound ends before the recording does. */
  get endSeconds(): number | undefined {
    const end = this.#problems.find(({ isEnd }) => isEnd);
    if (end !== undefined) return end.atSeconds;
    return this.#probe.isTruncated === true ? this.#probe.durationSeconds : undefined;
  }

  /** For people, whole sentences; empty when all was read. */
  get warnings(): readonly string[] {
    const name = this.#name;
    const { endSeconds } = this;
    const end = this.#problems.find(({ isEnd }) => isEnd);
    const others = this.#problems.filter(({ isEnd }) => !isEnd);
    const [first] = others;
    return [
      ...(first === undefined ? [] : [`${name} is damaged at ${places(others)}: ${first.message}`]),
      ...(endSeconds === undefined
        ? []
        : [
            `${name} is partly read: it reaches to ${formatDuration(endSeconds)}. ${end?.message ?? 'The file ends before the sound that it promises.'} Copy or download the recording again to get the rest.`,
          ]),
    ];
  }
}

const listedCount = 3;

function places(problems: readonly Problem[]): string {
  return listed([...new Set(problems.map(({ atSeconds }) => formatDuration(atSeconds)))]);
}

/** `a`, `a and b`, `a, b, c and 4 more`. */
export function listed(names: readonly string[]): string {
  const shown = names.length > listedCount + 1 ? names.slice(0, listedCount) : names;
  const rest = names.length - shown.length;
  const all = rest === 0 ? shown : [...shown, `${rest} more`];
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1) ?? ''}`;
}
