import type { CueFile, TextEdit, Voice } from '../formats/cueFile.js';
import { cueAt } from '../formats/cueFile.js';
import { encodeReferences, isSpeakerPrefix } from '../formats/cueText.js';

/** The name at a place, its ends included. */
export function speakerAt(file: CueFile, offset: number): Voice | undefined {
  return cueAt(file, offset)?.voices.find(({ start, end }) => start <= offset && offset <= end);
}

/** Everywhere a speaker is named, in the order of the text. */
export function usesOfSpeaker(file: CueFile, name: string): readonly Voice[] {
  return file.cues.flatMap(({ voices }) => voices.filter((voice) => voice.name === name));
}

/** Why a speaker cannot be called so, in a sentence for the user; undefined when it is fine. */
export function objectionToName(file: CueFile, name: string): string | undefined {
  const tidy = tidyName(name);
  if (tidy === '') return 'A speaker needs a name.';
  if (file.speakerStyle !== 'prefix' || isSpeakerPrefix(tidy)) return undefined;
  return `In this file names stand in front of the text. “${tidy}:” would not be read as a name there: use one to four words that begin with capital letters, without a colon.`;
}

const tidyName = (name: string): string => name.replaceAll(/\s+/g, ' ').trim();

/** Calls a speaker something else everywhere. The name is one that `objectionToName` has nothing against. */
export function renameSpeaker(file: CueFile, name: string, newName: string): readonly TextEdit[] {
  const tidy = tidyName(newName);
  const text = file.speakerStyle === 'voice-tag' && file.syntax === 'vtt' ? encodeReferences(tidy) : tidy;
  return usesOfSpeaker(file, name).map(({ start, end }) => ({ start, end, text }));
}
