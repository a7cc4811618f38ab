import { mediaFormatNames } from '../../core/media.js';
import type { CommandSettings } from '../providerSettings.js';
import type { ProgramRow } from './programRow.js';

/** What the user has described in the settings, as rows like those of the table. */
export function customPrograms(label: string, { transcription, speech }: CommandSettings): readonly ProgramRow[] {
  const rows: ProgramRow[] = [];
  if (transcription !== undefined) {
    const [executable = '', ...rest] = transcription.arguments;
    const { inputFormats } = transcription;
    rows.push({
      id: 'transcription',
      label,
      executables: [executable],
      install: `Install "${executable}", or put its full path into the setting earshot.providers.`,
      ...(transcription.model === undefined ? {} : { model: transcription.model }),
      transcription: {
        arguments: rest,
        output: transcription.output,
        ...(transcription.outputFile === undefined ? {} : { outputFile: transcription.outputFile }),
        inputFormats:
          inputFormats === undefined ? ['wav'] : mediaFormatNames.filter((format) => inputFormats.includes(format)),
        anyLanguage: transcription.language ?? 'auto',
        times: transcription.output === 'text' ? 'none' : transcription.output === 'word-times' ? 'words' : 'segments',
      },
    });
  }
  if (speech !== undefined) {
    const [executable = '', ...rest] = speech.arguments;
    rows.push({
      id: 'speech',
      label,
      executables: [executable],
      install: `Install "${executable}", or put its full path into the setting earshot.providers.`,
      ...(speech.model === undefined ? {} : { model: speech.model }),
      speech: {
        arguments: rest,
        ...(speech.output === undefined ? {} : { output: speech.output }),
        ...(speech.sampleRate === undefined ? {} : { sampleRate: speech.sampleRate }),
        ...(speech.voice === undefined ? {} : { voice: speech.voice }),
      },
    });
  }
  return rows;
}
