import { csvTable } from './formats/csv.js';
import type { Task } from './estimate.js';
import { addUsage, formatCost, formatUsage, type Usage } from './usage.js';

/** One answered request. */
export interface LedgerEntry {
  /** ISO, UTC. */
  readonly at: string;
  readonly provider: string;
  readonly model: string;
  readonly task: Task;
  readonly usage: Usage;
  /** Absent: the price is not known. */
  readonly dollars?: number;
}

export interface Total {
  readonly requestCount: number;
  readonly usage: Usage;
  /** Of those requests whose price is known. */
  readonly dollars: number;
  readonly unpricedCount: number;
}

const nothing: Total = { requestCount: 0, usage: {}, dollars: 0, unpricedCount: 0 };

function plus(total: Total, { usage, dollars }: LedgerEntry): Total {
  return {
    requestCount: total.requestCount + 1,
    usage: addUsage(total.usage, usage),
    dollars: total.dollars + (dollars ?? 0),
    unpricedCount: total.unpricedCount + (dollars === undefined ? 1 : 0),
  };
}

export function totalOf(entries: Iterable<LedgerEntry>): Total {
  let total = nothing;
  for (const entry of entries) total = plus(total, entry);
  return total;
}

/** Totals by a name that each entry has, in the order in which the names first come. */
export function totalsBy(entries: Iterable<LedgerEntry>, nameOf: (entry: LedgerEntry) => string): Map<string, Total> {
  const totals = new Map<string, Total>();
  for (const entry of entries) totals.set(nameOf(entry), plus(totals.get(nameOf(entry)) ?? nothing, entry));
  return totals;
}

/** Entries of the calendar month (UTC) that `now` lies in. */
export function ofMonth(entries: readonly LedgerEntry[], now: Date): readonly LedgerEntry[] {
  const month = now.toISOString().slice(0, 7);
  return entries.filter(({ at }) => at.startsWith(month));
}

export function formatTotal({ dollars, unpricedCount, requestCount }: Total): string {
  if (requestCount === 0) return '$0';
  if (unpricedCount === requestCount) return 'unknown';
  const more = unpricedCount === 0 ? '' : `, and ${unpricedCount} of unknown cost`;
  return `${formatCost(dollars)}${more}`;
}

function table(heading: string, totals: ReadonlyMap<string, Total>): string {
  const rows = [...totals].map(
    ([name, total]) => `| ${name} | ${total.requestCount} | ${formatUsage(total.usage)} | ${formatTotal(total)} |`,
  );
  return [`| ${heading} | Requests | Used | Cost |`, '| --- | ---: | --- | ---: |', ...rows].join('\n');
}

/** The whole ledger for a person, newest day first. */
export function ledgerMarkdown(entries: readonly LedgerEntry[], now: Date, monthlyLimitDollars?: number): string {
  const title = '# Usage and Cost\n';
  if (entries.length === 0) return `${title}\nNothing has been asked of any model yet.\n`;
  const month = totalOf(ofMonth(entries, now));
  const limit = monthlyLimitDollars === undefined ? '' : ` of ${formatCost(monthlyLimitDollars)} allowed`;
  const newestFirst = entries.toSorted((left, right) => right.at.localeCompare(left.at));
  const requests = month.requestCount === 1 ? '1 request' : `${month.requestCount} requests`;
  return [
    title,
    `This month: **${formatTotal(month)}**${limit}, ${requests}.\n`,
    '## By day and provider\n',
    table(
      'Day · provider',
      totalsBy(newestFirst, ({ at, provider }) => `${at.slice(0, 10)} · ${provider}`),
    ),
    '\n## By model\n',
    table(
      'Model',
      totalsBy(newestFirst, ({ provider, model }) => `${provider}:${model}`),
    ),
    '\nCosts are counted from what the providers report and the prices in their tables, or yours in the settings. What a provider bills may differ; what has no known price is not counted as zero.\n',
  ].join('\n');
}

const columns = [
  'at',
  'provider',
  'model',
  'task',
  'inputTokens',
  'inputAudioTokens',
  'cachedInputTokens',
  'outputTokens',
  'outputAudioTokens',
  'audioSeconds',
  'characters',
  'dollars',
] as const;

/** RFC 4180, with a line for each request. */
export function ledgerCsv(entries: readonly LedgerEntry[]): string {
  const rows = entries.map((entry) => {
    const values: Readonly<Record<string, unknown>> = { ...entry.usage, ...entry };
    return columns.map((column) => {
      const value = values[column];
      return typeof value === 'string' || typeof value === 'number' ? value : undefined;
    });
  });
  return csvTable([columns, ...rows]);
}
