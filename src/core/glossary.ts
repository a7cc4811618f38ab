/** More than this no recogniser takes (Gemini: 1,000 phrases). */
const mostTerms = 1000;
/** A name or a term, not a sentence. */
const mostTermCharacters = 100;

export interface Glossary {
  /** Without duplicates, in the order given. */
  readonly terms: readonly string[];
  /** What was left out and why, in whole sentences for people; mostly none. */
  readonly problems: readonly string[];
}

/** The terms in a text with one on each line. Lines that begin with `#` are comments. */
export function readGlossaryText(text: string): readonly string[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/**
 * Joins lists of terms; the first ones count most. Terms of more than 100 characters and those after the 1,000th are left
 * out.
 * @param name of the list, for people
 */
export function joinGlossaries(name: string, ...lists: readonly (readonly string[])[]): Glossary {
  const all = [...new Set(lists.flat().map((term) => term.replaceAll(/\s+/g, ' ').trim()))].filter(
    (term) => term !== '',
  );
  const short = all.filter((term) => term.length <= mostTermCharacters);
  const long = all.length - short.length;
  const beyond = short.length - mostTerms;
  return {
    terms: short.slice(0, mostTerms),
    problems: [
      ...(long === 0
        ? []
        : [
            `${long} ${long === 1 ? 'term' : 'terms'} of ${name} with more than ${mostTermCharacters} characters ${long === 1 ? 'is' : 'are'} left out. Shorten ${long === 1 ? 'it' : 'them'}.`,
          ]),
      ...(beyond <= 0
        ? []
        : [
            `Only the first ${mostTerms} terms of ${name} are used; ${beyond} are left out. Remove what is not needed.`,
          ]),
    ],
  };
}
