/** What an answer consumed, as the provider counted it. Absent means not said, which is not zero. */
export interface Usage {
  readonly inputTokens?: number;
  /** Part of `inputTokens`. */
  readonly inputAudioTokens?: number;
  readonly cachedInputTokens?: number;
  readonly outputTokens?: number;
  /** Part of `outputTokens`. */
  readonly outputAudioTokens?: number;
  readonly audioSeconds?: number;
  readonly characters?: number;
}

/** US dollars. Per million tokens unless the name says otherwise. */
export interface Prices {
  readonly inputTextPerMillion?: number;
  readonly inputAudioPerMillion?: number;
  readonly outputTextPerMillion?: number;
  readonly outputAudioPerMillion?: number;
  readonly perAudioMinute?: number;
  readonly perMillionCharacters?: number;
}

const keys = [
  'inputTokens',
  'inputAudioTokens',
  'cachedInputTokens',
  'outputTokens',
  'outputAudioTokens',
  'audioSeconds',
  'characters',
] as const satisfies readonly (keyof Usage)[];

/** Adds what is known; stays absent where neither side knows. */
export function addUsage(left: Usage, right: Usage): Usage {
  const sum: { -readonly [K in keyof Usage]: Usage[K] } = {};
  for (const key of keys) {
    const values = [left[key], right[key]].filter((value) => value !== undefined);
    if (values.length > 0) sum[key] = values.reduce((total, value) => total + value, 0);
  }
  return sum;
}

/**
 * The price of what was used, or undefined when a part of it has no known price: unknown is never zero.
 * Cached tokens are counted at the full price, so the figure is an upper bound.
 */
export function costInDollars(usage: Usage, prices: Prices | undefined): number | undefined {
  if (prices === undefined) return undefined;
  const audioIn = usage.inputAudioTokens ?? 0;
  const audioOut = usage.outputAudioTokens ?? 0;
  const parts: [amount: number, unitPrice: number | undefined][] = [];
  if (usage.inputTokens !== undefined || usage.outputTokens !== undefined) {
    parts.push(
      [Math.max(0, (usage.inputTokens ?? 0) - audioIn) / 1e6, prices.inputTextPerMillion],
      [audioIn / 1e6, prices.inputAudioPerMillion],
      [Math.max(0, (usage.outputTokens ?? 0) - audioOut) / 1e6, prices.outputTextPerMillion],
      [audioOut / 1e6, prices.outputAudioPerMillion],
    );
    // Some models bill the minute and report tokens as well: the minute is what is paid.
    if (prices.perAudioMinute !== undefined && usage.audioSeconds !== undefined) parts.length = 0;
  }
  if (usage.audioSeconds !== undefined && (prices.perAudioMinute !== undefined || parts.length === 0)) {
    parts.push([usage.audioSeconds / 60, prices.perAudioMinute]);
  }
  if (usage.characters !== undefined) parts.push([usage.characters / 1e6, prices.perMillionCharacters]);
  if (parts.length === 0) return undefined;
  let total = 0;
  for (const [amount, unitPrice] of parts) {
    if (amount === 0) continue;
    if (unitPrice === undefined) return undefined;
    total += amount * unitPrice;
  }
  return total;
}

/** `$0.0042`, `$1.25`; `cost unknown` when unknown. */
export function formatCost(dollars: number | undefined): string {
  if (dollars === undefined) return 'cost unknown';
  if (dollars === 0) return '$0';
  if (dollars < 0.0001) return 'under $0.0001';
  return `$${dollars.toFixed(dollars < 0.1 ? 4 : 2)}`;
}

/** `1,234 tokens in (1,200 audio), 56 out`, or seconds, or characters; empty when nothing was said. */
export function formatUsage(usage: Usage): string {
  const count = (value: number): string => value.toLocaleString('en-US');
  const parts: string[] = [];
  if (usage.inputTokens !== undefined) {
    const audioTokens = usage.inputAudioTokens ?? 0;
    const audio = audioTokens === 0 ? '' : ` (${count(audioTokens)} audio)`;
    parts.push(`${count(usage.inputTokens)} tokens in${audio}`);
  }
  if (usage.outputTokens !== undefined) parts.push(`${count(usage.outputTokens)} out`);
  if (usage.audioSeconds !== undefined) parts.push(`${count(Math.round(usage.audioSeconds))} s of audio`);
  if (usage.characters !== undefined) parts.push(`${count(usage.characters)} characters`);
  return parts.join(', ');
}
