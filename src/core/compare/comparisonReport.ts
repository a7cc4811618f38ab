import { escapeMarkdown } from '../formats/markdown.js';
import { errorRate, type Comparison, type Difference, type Errors } from './compareTranscripts.js';
import { normalisationRules } from './spokenWords.js';

const listed = 15;

function percent(errors: Errors): string {
  const rate = errorRate(errors);
  return rate === undefined ? 'unknown' : `${(100 * rate).toFixed(1)} %`;
}

function frequent(
  title: string,
  differences: readonly Difference[],
  cells: (one: Difference) => readonly string[],
): string[] {
  if (differences.length === 0) return [];
  const rows = differences
    .slice(0, listed)
    .map((one) => `| ${one.count} | ${cells(one).map(escapeMarkdown).join(' | ')} |`);
  const more = differences.length > listed ? [`\nAnd ${differences.length - listed} more.`] : [];
  return [title, ...rows, ...more, ''];
}

/** The figures of a comparison for a person. */
export function comparisonMarkdown(referenceName: string, otherName: string, comparison: Comparison): string {
  const { words, characters, differences } = comparison;
  const row = (label: string, value: (errors: Errors) => string | number): string =>
    `| ${label} | ${value(words)} | ${value(characters)} |`;
  const substituted = differences.filter(({ reference, other }) => reference !== undefined && other !== undefined);
  const deleted = differences.filter(({ other }) => other === undefined);
  const inserted = differences.filter(({ reference }) => reference === undefined);
  return [
    '# Compare Transcripts\n',
    `**${escapeMarkdown(otherName)}** measured against **${escapeMarkdown(referenceName)}**, which is taken for right.\n`,
    '| | Words | Characters |',
    '| --- | ---: | ---: |',
    row('**Error rate** (WER, CER)', (errors) => `**${percent(errors)}**`),
    row('In the reference', ({ total }) => total),
    row('Substituted', ({ substitutions }) => substitutions),
    row('Deleted (only in the reference)', ({ deletions }) => deletions),
    row('Inserted (only in the other)', ({ insertions }) => insertions),
    '',
    ...frequent('## Substituted\n\n| Times | Reference | Other |\n| ---: | --- | --- |', substituted, (one) => [
      one.reference ?? '',
      one.other ?? '',
    ]),
    ...frequent('## Deleted\n\n| Times | Word |\n| ---: | --- |', deleted, (one) => [one.reference ?? '']),
    ...frequent('## Inserted\n\n| Times | Word |\n| ---: | --- |', inserted, (one) => [one.other ?? '']),
    '## How it is counted\n',
    ...normalisationRules.map((rule) => `- ${rule}`),
    '- Words are aligned with the fewest substitutions, deletions and insertions (Levenshtein). Characters are those of the words without spaces, aligned in what lies between two equal words.',
    '- An error rate is the sum of the three, divided by what is in the reference.\n',
  ].join('\n');
}
