import { EarshotError, throwIfCancelled } from '../../core/errors.js';
import { cautiousCapabilities, type Capabilities, type Model } from '../../core/model.js';
import type { Provider, ProviderContext } from '../provider.js';
import type { ProviderSettings } from '../providerSettings.js';
import { customPrograms } from './customPrograms.js';
import { eventStream } from './eventStream.js';
import { findPrograms, type FoundProgram, type Search } from './foundPrograms.js';
import type { ProgramRow } from './programRow.js';
import { readsLines } from './readOutput.js';
import { runTranscription } from './runProgram.js';
import { runSpeech } from './runSpeech.js';

/** What says nothing until it has ended is given this much at a time, so that progress shows and a failure loses little. */
const silentProgramSeconds = 600;

/** Long enough for one action of the user, short enough to see what was installed a moment ago. */
const searchFreshMilliseconds = 3000;

/** How much a program gets at once: those that are silent until the end get little, so that progress shows. */
function limitOf({ transcription }: ProgramRow): Pick<Capabilities, 'maxInputSeconds'> {
  if (transcription === undefined) return {};
  const { maxInputSeconds = readsLines(transcription) ? undefined : silentProgramSeconds } = transcription;
  return maxInputSeconds === undefined ? {} : { maxInputSeconds };
}

function capabilitiesOf(row: ProgramRow, override: Partial<Capabilities> | undefined): Capabilities {
  return {
    ...cautiousCapabilities,
    chat: false,
    transcription: row.transcription !== undefined,
    speech: row.speech !== undefined,
    inputFormats: row.transcription?.inputFormats ?? [],
    outputFormats: row.speech === undefined ? [] : ['wav'],
    ...(row.transcription === undefined ? {} : { transcriptTimes: row.transcription.times }),
    ...limitOf(row),
    // The price of a program on this machine is known: nothing.
    prices: { perAudioMinute: 0, perMillionCharacters: 0 },
    ...override,
  };
}

/**
 * Programs on this machine. Without a description in the settings these are the ones of the table that are found; nothing
 * leaves the machine, and no key is needed.
 */
export function commandProvider(
  name: string,
  settings: ProviderSettings,
  table: readonly ProgramRow[],
  context: ProviderContext,
): Provider {
  const label = settings.label ?? name;
  const rows = settings.command === undefined ? table : customPrograms(label, settings.command);
  let lastFound: readonly FoundProgram[] = [];
  let latest: { readonly search: Promise<Search>; readonly at: number } | undefined;

  const search = (): Promise<Search> => {
    const now = Date.now();
    if (latest === undefined || now - latest.at > searchFreshMilliseconds) {
      const searching = findPrograms(rows, context.programs).then((done) => {
        lastFound = done.found;
        return done;
      });
      latest = { search: searching, at: now };
    }
    return latest.search;
  };

  const modelOf = (id: string, modelLabel: string, row: ProgramRow): Model => ({
    ref: { provider: name, model: id },
    label: modelLabel,
    capabilities: capabilitiesOf(row, settings.models?.[id]),
  });

  const modelsOf = (found: readonly FoundProgram[]): readonly Model[] =>
    found.map(({ id, label: modelLabel, row }) => modelOf(id, modelLabel, row));

  const require = async (id: string, can: 'transcription' | 'speech', language?: string): Promise<FoundProgram> => {
    const { found, missing } = await search();
    const program = found.find((candidate) => candidate.id === id);
    if (program === undefined) {
      const advice = missing.find(({ row }) => row.id === id.split('/', 1)[0])?.advice;
      const known = found.map((candidate) => candidate.id).join(', ');
      throw new EarshotError(
        'program-missing',
        advice === undefined
          ? `There is no speech program "${id}" on this machine. ${known === '' ? 'None was found.' : `These were found: ${known}.`}`
          : `The speech program "${id}" cannot be used yet. ${advice}`,
        { provider: name },
      );
    }
    const description = program.row[can];
    const primary = language?.split(/[-_]/, 1)[0]?.toLowerCase();
    if (description === undefined) {
      throw new EarshotError(
        'model-lacks-capability',
        `${program.label} cannot ${can === 'speech' ? 'speak' : 'transcribe'}. Select another model.`,
        { provider: name },
      );
    }
    if (primary !== undefined && description.languages?.includes(primary) === false) {
      throw new EarshotError(
        'model-lacks-capability',
        `${program.label} knows only these languages: ${description.languages.join(', ')}. The language asked for is "${primary}". Select another model, or another language.`,
        { provider: name },
      );
    }
    return program;
  };

  return {
    name,
    label,
    isLocal: true,
    readiness: async () => {
      const { found, missing } = await search();
      if (found.length > 0) {
        const labels = [...new Set(found.map(({ row }) => row.label))];
        return { state: 'ready', detail: labels.join(', ') };
      }
      return {
        state: 'program-missing',
        detail: `No speech program was found. One of these will do:\n${missing.map(({ advice }) => advice).join('\n')}`,
      };
    },
    models: async () => modelsOf((await search()).found),
    knownModels: () => modelsOf(lastFound),
    model: async (id) => {
      const found = (await search()).found.find((candidate) => candidate.id === id);
      if (found !== undefined) return modelOf(id, found.label, found.row);
      const row = rows.find((candidate) => candidate.id === id.split('/', 1)[0]);
      if (row !== undefined) return modelOf(id, row.label, row);
      return {
        ref: { provider: name, model: id },
        label: id,
        capabilities: { ...cautiousCapabilities, chat: false, ...settings.models?.[id] },
      };
    },
    transcribe: async function* (request, signal) {
      throwIfCancelled(signal);
      const found = await require(request.model, 'transcription', request.language);
      const owner = { provider: name, found, context };
      yield* eventStream((push, stop) => runTranscription(owner, request, push, stop), signal);
      const { durationSeconds } = request.audio;
      if (durationSeconds !== undefined) yield { type: 'usage', usage: { audioSeconds: durationSeconds } };
    },
    speak: async function* (request, signal) {
      throwIfCancelled(signal);
      const found = await require(request.model, 'speech', request.language);
      yield* runSpeech({ provider: name, found, context }, request, signal);
    },
  };
}
