/** How long the characters of a script take to say, in letters of an alphabet. */
const scriptWeights = [
  [/\p{Script=Han}/u, 3],
  [/\p{Script=Hangul}/u, 2.5],
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/u, 2],
  [/\p{N}/u, 3],
  [/\p{L}/u, 1],
] as const;

/** About how long a text takes to say, in letters of an alphabet: some 13 of them are a second. */
export function speakingWeight(text: string): number {
  let weight = 0;
  for (const character of text) weight += scriptWeights.find(([script]) => script.test(character))?.[1] ?? 0;
  return weight;
}
