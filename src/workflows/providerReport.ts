import { daysUntilEnd, endNoticeDays, formatModelRef, type Capabilities, type Model } from '../core/model.js';
import type { Heard, ProviderCheck } from './checkProviders.js';

/** What went wrong with a provider last, in this window. */
export interface LastFailure {
  readonly at: Date;
  readonly message: string;
}

const stateLabels = {
  ready: '✓ ready',
  'missing-key': 'needs a key',
  'not-set-up': 'not set up',
  'program-missing': 'nothing installed',
  'not-running': 'not running',
  unreachable: '✗ not reachable',
  'not-allowed': 'not allowed yet',
} as const;

const listedModelCount = 12;

/** Text of other people's in a Markdown line. */
export function inline(value: string): string {
  return value
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`*_{}[\]<>#|!~]/g, '\\$&')
    .trim();
}

export function abilitiesOf(capabilities: Capabilities): string {
  const { audioInput, chat, transcription, speech, audioOutput, tools, structuredOutput } = capabilities;
  return [
    audioInput ? 'hears audio' : chat ? 'reads transcripts' : '',
    transcription
      ? `transcribes${capabilities.transcriptTimes === 'words' ? ' with word times' : capabilities.transcriptTimes === 'segments' ? ' with times' : ''}`
      : '',
    speech || audioOutput ? 'speaks' : '',
    tools ? 'calls tools' : '',
    structuredOutput ? 'keeps to a schema' : '',
  ]
    .filter((word) => word !== '')
    .join(', ');
}

function modelLine(model: Model, now: Date): string {
  const days = daysUntilEnd(model.capabilities, now);
  const ends =
    model.capabilities.endDate === undefined
      ? ''
      : ` — ${days !== undefined && days <= endNoticeDays ? '⚠ ' : ''}ends ${model.capabilities.endDate}`;
  return `- \`${formatModelRef(model.ref)}\`: ${abilitiesOf(model.capabilities)}${ends}`;
}

function heardLine({ model, ability, said, understood, error }: Heard): string {
  const how = ability === 'transcription' ? 'transcribed' : 'was asked about';
  const name = `\`${formatModelRef(model.ref)}\` ${how} a spoken "one, two, three"`;
  if (error !== undefined) return `- ✗ ${name}: ${inline(error.message)}`;
  if (understood) return `- ✓ ${name}: “${inline(said)}”`;
  return said === ''
    ? `- ✗ ${name} and said nothing.`
    : `- ⚠ ${name} and answered: “${inline(said)}”. It may not have heard the recording; say what it can under \`earshot.providers\` › \`models\`.`;
}

function section(
  { state, milliseconds, heard }: ProviderCheck,
  hasKey: boolean,
  lastFailure: LastFailure | undefined,
  now: Date,
): string {
  const { provider, readiness, models } = state;
  const where = provider.isLocal
    ? 'programs of this machine'
    : (provider.destination?.origin ?? provider.key?.origin ?? '');
  const key =
    provider.key === undefined
      ? ''
      : hasKey
        ? ', key set'
        : provider.key.required
          ? ', no key set'
          : ', no key (none may be needed)';
  const lines = [
    `## ${inline(provider.label)}: ${stateLabels[readiness.state]}`,
    '',
    `${where}${key}${readiness.state === 'ready' ? `; ${models.length} ${models.length === 1 ? 'model' : 'models'}, after ${milliseconds} ms` : ''}`,
    '',
  ];
  if (readiness.state !== 'ready') lines.push(...readiness.detail.split('\n').map((line) => `> ${inline(line)}  `), '');
  // Those that hear or transcribe are what this is about.
  const first = [...models].sort((left, right) => rank(left) - rank(right)).slice(0, listedModelCount);
  lines.push(...first.map((model) => modelLine(model, now)));
  if (models.length > first.length)
    lines.push(`- and ${models.length - first.length} more, in **Earshot: Select Audio Model**`);
  if (heard.length > 0) lines.push('', ...heard.map(heardLine));
  if (lastFailure !== undefined) {
    lines.push(
      '',
      `Last error, ${lastFailure.at.toISOString().slice(0, 16).replace('T', ' ')} UTC: ${inline(lastFailure.message)}`,
    );
  }
  return lines.join('\n');
}

function rank({ capabilities }: Model): number {
  return capabilities.audioInput ? 0 : capabilities.transcription ? 1 : capabilities.speech ? 2 : 3;
}

/**
 * The doctor's report for a person: what works first, then what does not and how to mend it.
 * @param keys Names of the providers that have a key.
 */
export function providerReport(
  checks: readonly ProviderCheck[],
  keys: readonly string[],
  lastFailure: (provider: string) => LastFailure | undefined,
  now: Date,
): string {
  const isReady = ({ state }: ProviderCheck): boolean => state.readiness.state === 'ready';
  const ready = checks.filter(isReady);
  const probed = checks.some(({ heard }) => heard.length > 0);
  const summary =
    ready.length === 0
      ? 'Nothing is ready yet. Any one of the ways below will do.'
      : `Ready: ${ready.map(({ state }) => inline(state.provider.label)).join(', ')}.`;
  const ordered = [...ready, ...checks.filter((check) => !isReady(check))];
  return [
    '# Check Providers',
    summary,
    ...(probed || ready.length === 0
      ? []
      : [
          'What stands here is what the tables and the servers say. Choose **Let the models listen** to try them with one second of speech.',
        ]),
    ...ordered.map((check) => {
      const { name } = check.state.provider;
      return section(check, keys.includes(name), lastFailure(name), now);
    }),
    '---\nKeys: **Earshot: Set API Key…** · Servers: **Earshot: Select Audio Model** › Point at a server… · Details: **Earshot: Show Log**',
  ].join('\n\n');
}
