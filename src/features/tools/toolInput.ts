import { EarshotError } from '../../core/errors.js';
import { isJsonObject, type JsonObject } from '../../core/extraction/json.js';

const mostFiles = 10;
const longestText = 20_000;

function wrong(what: string): EarshotError {
  return new EarshotError('invalid-argument', `The tool was called with an input that it does not take: ${what}.`);
}

/** Reads the input of a call, of which nobody has checked anything. Each throws EarshotError `invalid-argument`. */
export class ToolInput {
  readonly #fields: JsonObject;

  constructor(input: unknown) {
    if (!isJsonObject(input)) throw wrong('it is no object');
    this.#fields = input;
  }

  text(name: string): string {
    const value = this.optionalText(name);
    if (value === undefined) throw wrong(`"${name}" is missing`);
    return value;
  }

  optionalText(name: string): string | undefined {
    const value = this.#fields[name];
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value !== 'string' || value.trim() === '') throw wrong(`"${name}" must be a text`);
    if (value.length > longestText) throw wrong(`"${name}" is longer than ${longestText} characters`);
    return value;
  }

  texts(name: string): readonly string[] {
    const value = this.#fields[name];
    if (!Array.isArray(value) || value.length === 0) throw wrong(`"${name}" must be an array with at least one text`);
    if (value.length > mostFiles) throw wrong(`"${name}" has ${value.length} entries, ${mostFiles} are possible`);
    return value.map((one) => {
      if (typeof one !== 'string' || one.trim() === '') throw wrong(`"${name}" must hold texts alone`);
      return one;
    });
  }

  optionalTexts(name: string): readonly string[] | undefined {
    const value = this.#fields[name];
    return value === undefined || value === null || (Array.isArray(value) && value.length === 0)
      ? undefined
      : this.texts(name);
  }

  object(name: string): JsonObject {
    const value = this.#fields[name];
    if (!isJsonObject(value)) throw wrong(`"${name}" must be an object`);
    return value;
  }

  /** A whole number, brought into its bounds. */
  count(name: string, otherwise: number, most: number): number {
    const value = this.#fields[name];
    if (value === undefined || value === null) return otherwise;
    if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(`"${name}" must be a number`);
    return Math.min(most, Math.max(1, Math.round(value)));
  }
}
