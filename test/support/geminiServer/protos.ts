import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { protoFault, readProto, type ProtoField, type ProtoTypes } from './protoFile.ts';

/** Says what is wrong with a request by Google's published protos; undefined when nothing is. */
export type ProtoCheck = (
  message: 'GenerateContentRequest' | 'CreateFileRequest',
  value: unknown,
) => string | undefined;

/** Google's published protos, beside the repository or where the environment says; not everyone has them. */
function findFolder(): string | undefined {
  const candidates = [process.env['EARSHOT_GEMINI_PROTOS'], resolve('../shared/data/gemini-protos')];
  return candidates.find((folder) => folder !== undefined && existsSync(folder));
}

/** What the npm package @google/genai 3.1.0 sends, and the protos of March 2026 do not know yet. */
const newerFields: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  GenerationConfig: { audioTranscriptionConfig: 'AudioTranscriptionConfig' },
  Part: { speechMetadata: 'SpeechMetadata' },
  AudioTranscriptionConfig: {
    wordTimestamp: 'bool',
    diarization: 'bool',
    languageCodes: '*string',
    customVocabulary: '*string',
  },
  SpeechMetadata: { speaker: 'string', style: 'string' },
};

function addNewer(types: ProtoTypes): void {
  for (const [message, fields] of Object.entries(newerFields)) {
    const known = types.messages.get(message) ?? new Map<string, ProtoField>();
    types.messages.set(message, known);
    for (const [name, type] of Object.entries(fields)) {
      known.set(name, { type: type.replace('*', ''), repeated: type.startsWith('*'), isMap: false, choice: undefined });
    }
  }
}

/** Without the protos, a check that finds nothing wrong. */
export function loadProtoCheck(): ProtoCheck {
  const folder = findFolder();
  if (folder === undefined) return () => undefined;
  const types: ProtoTypes = { messages: new Map(), enums: new Map() };
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.proto'))) {
    readProto(readFileSync(join(folder, file), 'utf8'), types);
  }
  addNewer(types);
  return (message, value) => protoFault(types, message, value);
}
