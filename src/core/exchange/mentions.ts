/** What people call a recording, as the beginnings of words. */
// prettier-ignore
const nouns = [
  'recording', 'clip', 'audio', 'file', 'track', 'interview', 'call', 'memo', 'one', 'aufnahme', 'datei', 'clip', 'gespräch',
  'enregistrement', 'fichier', 'grabaci', 'archivo', 'registrazion', 'gravaç', 'arquivo', 'opname', 'bestand', 'nagrani', 'запис', 'файл',
] as const;

/** Beginnings of words that count, each list the first, the second and so on, in English, German, French, Spanish, Italian, Portuguese, Dutch, Polish and Russian. */
const ordinals = [
  ['first', '1st', 'erst', 'premi', 'primer', 'prim', '1er', 'eerst', 'pierwsz', 'перв'],
  ['second', '2nd', 'zweit', 'deuxi', 'segund', 'tweed', 'drug', 'втор'],
  ['third', '3rd', 'dritt', 'troisi', 'tercer', 'terz', 'terceir', 'derd', 'trzeci', 'трет'],
  ['fourth', '4th', 'viert', 'quatri', 'cuart', 'quart', 'vierd', 'czwart', 'четв'],
  ['fifth', '5th', 'fünft', 'cinqui', 'quint', 'vijfd', 'piąt', 'пят'],
  ['sixth', '6th', 'sechst', 'sixi', 'sext', 'sest', 'zesd', 'szóst', 'шест'],
] as const;

const last = ['last', 'latest', 'letzt', 'derni', 'últim', 'ultim', 'laatst', 'ostatni', 'последн'] as const;

/** Words for all of them, where a word for a recording follows. */
// prettier-ignore
const all = [
  'all', 'both', 'each', 'every', 'beid', 'jede', 'tous', 'toutes', 'les deux', 'chaque', 'todos', 'todas', 'ambos', 'ambas', 'tutti', 'tutte', 'entramb', 'alle', 'elke', 'wszystki', 'все', 'обе',
] as const;

/** Ways to say all of them without a word for a recording. */
// prettier-ignore
const allOfThem = [
  'both of them', 'all of them', 'each of them', 'compare them', 'between them', 'vergleiche sie', 'vergleich sie', 'compare-les', 'compáralos', 'compáralas', 'confrontali', 'compare-os', 'vergelijk ze',
] as const;

/** For scripts that write no spaces between words: a number in front of a word for a recording. */
const unspaced =
  /(?:第\s*([一二三四五六1-6])\s*(?:个|個|段|番目の)?|([一二三四五六1-6])\s*(?:番目|つ目)の)\s*(?:录音|錄音|音频|音訊|文件|録音|音声|ファイル)/u;
const unspacedNumbers = '一二三四五六';

/** Shorter ones are met in ordinary text. */
const shortestStem = 3;

const anyOf = (words: readonly string[]): string => words.join('|');
const nounPattern = String.raw`(?:${anyOf(nouns)})\p{L}*`;
/** A word or two may stand between: "the second, longer recording". */
const between = String.raw`\p{L}*[\s,]+(?:\p{L}+[\s,]+)?`;

function matches(prompt: string, pattern: string): boolean {
  return new RegExp(String.raw`(?<![\p{L}\d])${pattern}`, 'iu').test(prompt);
}

/** Whether a text stands in another as words of its own. */
function standsIn(text: string, words: string): boolean {
  const inWord = /[\p{L}\d]/u;
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    if (!inWord.test(text.charAt(at - 1)) && !inWord.test(text.charAt(at + words.length))) return true;
  }
  return false;
}

function isNamed(prompt: string, name: string): boolean {
  const stem = name.replace(/\.[^.]*$/, '');
  return [name, ...(stem.length < shortestStem ? [] : [stem])].some((words) =>
    standsIn(prompt.toLowerCase(), words.toLowerCase()),
  );
}

/**
 * Which recordings of a conversation a question speaks of: by their names, by "recording 2" or "the second recording", or all
 * of them.
 * @param names In the order of the numbers of the recordings.
 * @returns Places in `names`, in order; empty where the question names none.
 */
export function mentionedClips(prompt: string, names: readonly string[]): readonly number[] {
  if (names.length === 0) return [];
  const everything = names.map((_name, index) => index);
  const saysAll = matches(prompt, String.raw`(?:${anyOf(all)})${between}(?:\d+\s+)?${nounPattern}`);
  if (saysAll || allOfThem.some((words) => matches(prompt, words))) return everything;
  const found = new Set<number>();
  for (const [index, name] of names.entries()) if (isNamed(prompt, name)) found.add(index);
  for (const [index, words] of ordinals.entries()) {
    if (matches(prompt, String.raw`(?:${anyOf(words)})${between}${nounPattern}`)) found.add(index);
  }
  if (matches(prompt, String.raw`(?:${anyOf(last)})${between}${nounPattern}`)) found.add(names.length - 1);
  const numbered = new RegExp(
    String.raw`(?<![\p{L}\d])${nounPattern}\s*(?:#|no\.?|nr\.?|number|nummer)?\s*(\d{1,2})(?![\d:])((?:\s*(?:,|and|und|et|y|e|en|i|и|&|\+)\s*\d{1,2}(?![\d:]))*)`,
    'giu',
  );
  for (const [, first = '', others = ''] of prompt.matchAll(numbered)) {
    for (const number of [first, ...(others.match(/\d+/g) ?? [])]) found.add(Number(number) - 1);
  }
  const [, numberOfChinese, numberOfJapanese] = unspaced.exec(prompt) ?? [];
  const counted = numberOfChinese ?? numberOfJapanese;
  if (counted !== undefined) {
    found.add(unspacedNumbers.includes(counted) ? unspacedNumbers.indexOf(counted) : Number(counted) - 1);
  }
  return everything.filter((index) => found.has(index));
}
