import { EarshotError } from '../../core/errors.js';

/** A list is left out as a whole when one of its placeholders has no value. */
export type Argument = string | readonly string[];

export const placeholders = [
  'input',
  'output',
  'folder',
  'language',
  'model',
  'voice',
  'text',
  'textFile',
  'wordsPerMinute',
  'rateStep',
  'stretch',
  'voiceOrLanguage',
] as const;
export type Placeholder = (typeof placeholders)[number];
export type PlaceholderValues = Readonly<Partial<Record<Placeholder, string>>>;

const pattern = new RegExp(`\\{(${placeholders.join('|')})\\}`, 'g');

export function mentions(argumentList: readonly Argument[], placeholder: Placeholder): boolean {
  return argumentList.flat().some((argument) => argument.includes(`{${placeholder}}`));
}

function missingIn(text: string, values: PlaceholderValues): Placeholder | undefined {
  return placeholders.find((placeholder) => text.includes(`{${placeholder}}`) && values[placeholder] === undefined);
}

/** In one pass: what a value holds is never taken for a placeholder. Other braces stay as they are. */
function fill(text: string, values: PlaceholderValues): string {
  // No operating system can pass a NUL to a program.
  return text.replaceAll(pattern, (_, name: Placeholder) => values[name] ?? '').replaceAll('\0', '');
}

/**
 * One argument stays one argument, whatever the values hold: no shell ever sees them.
 * @throws EarshotError `invalid-settings` when an argument that cannot be left out lacks a value.
 */
export function fillArguments(
  argumentList: readonly Argument[],
  values: PlaceholderValues,
  owner: string,
): readonly string[] {
  return argumentList.flatMap((argument) => {
    if (typeof argument !== 'string') {
      return argument.some((text) => missingIn(text, values) !== undefined)
        ? []
        : argument.map((text) => fill(text, values));
    }
    const missing = missingIn(argument, values);
    if (missing !== undefined) {
      throw new EarshotError(
        'invalid-settings',
        `The command of ${owner} uses {${missing}}, and nothing says what it is. Set it in the setting earshot.providers, or take {${missing}} out of the command.`,
      );
    }
    return [fill(argument, values)];
  });
}
