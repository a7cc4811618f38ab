import { isSameJson } from './json.js';

export type FoundJson =
  | { readonly value: unknown }
  /** Why there is none, in a sentence that the model can act upon. */
  | { readonly problem: string };

const fence = /```[^\n`]*\n([\s\S]*?)```/g;

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** The end of the object or array that begins here, by its brackets outside of strings; undefined when it has none. */
function endOfJson(text: string, start: number): number | undefined {
  let depth = 0;
  let isString = false;
  for (let index = start; index < text.length; index++) {
    const letter = text[index];
    if (isString) {
      if (letter === '\\') index++;
      else if (letter === '"') isString = false;
    } else if (letter === '"') isString = true;
    else if (letter === '{' || letter === '[') depth++;
    else if (letter === '}' || letter === ']') {
      depth--;
      if (depth === 0) return index + 1;
    }
  }
  return undefined;
}

/** Where a look into prose gives up: brackets that never close would be read to the end again and again. */
const maxStarts = 200;

function jsonInProse(text: string): readonly { readonly value: unknown }[] {
  const found: { readonly value: unknown }[] = [];
  let starts = 0;
  for (let index = 0; index < text.length && starts < maxStarts; index++) {
    if (text[index] !== '{' && text[index] !== '[') continue;
    starts++;
    const end = endOfJson(text, index);
    const parsed = end === undefined ? undefined : parse(text.slice(index, end));
    if (end === undefined || parsed === undefined) continue;
    found.push(parsed);
    index = end - 1;
  }
  return found;
}

/**
 * The JSON in what a model wrote: the whole text, else the one in a fence, else the one in prose. Nothing is mended: what was
 * cut off or written wrongly is asked for again. Two different values are none, since nobody knows which is meant.
 */
export function findJson(text: string): FoundJson {
  const whole = parse(text.trim());
  if (whole !== undefined) return whole;
  const fenced = [...text.matchAll(fence)].flatMap(([, inner = '']) => parse(inner.trim()) ?? []);
  // In prose a bracketed remark such as [1] parses as well, so that only objects count while there are any.
  const inProse = fenced.length > 0 ? [] : jsonInProse(text);
  const objects = inProse.filter(({ value }) => !Array.isArray(value));
  const candidates = fenced.length > 0 ? fenced : objects.length > 0 ? objects : inProse;
  const [first, ...others] = candidates;
  if (first === undefined) {
    return {
      problem: /[{[]/.test(text)
        ? 'The JSON cannot be read: it breaks off or breaks the rules of JSON.'
        : 'There is no JSON in the answer.',
    };
  }
  if (others.some(({ value }) => !isSameJson(value, first.value))) {
    return { problem: 'There are several different JSON values in the answer. Send one.' };
  }
  return first;
}
