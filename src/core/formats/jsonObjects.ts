export type FoundObject =
  | { readonly value: Readonly<Record<string, unknown>> }
  /** What began like an object and is none. */
  | { readonly broken: string };

interface Frame {
  text: string;
  /** Whether objects stand in it. What is before the first and behind the last of them is looked at by itself. */
  hasInner: boolean;
}

/**
 * Finds JSON objects in a text that comes in crumbs: each innermost one as soon as it is closed, and what an outer one says
 * outside of them. What stands between objects, such as prose and code fences, is passed over. A string that holds a bare
 * line break ends there, so that one broken line of many costs only itself.
 */
export class JsonObjectReader {
  readonly #frames: Frame[] = [];
  #inString = false;
  #isEscaped = false;

  push(text: string): readonly FoundObject[] {
    const found: FoundObject[] = [];
    for (const character of text) this.#take(character, found);
    return found;
  }

  /** Whether an object has begun and not ended. */
  get isOpen(): boolean {
    return this.#frames.length > 0;
  }

  /** To be called when nothing more comes. */
  end(): readonly FoundObject[] {
    const last = this.#frames.pop();
    this.#frames.length = 0;
    this.#inString = this.#isEscaped = false;
    return last === undefined || last.hasInner ? [] : [{ broken: last.text }];
  }

  #take(character: string, found: FoundObject[]): void {
    const frame = this.#frames.at(-1);
    if (frame === undefined && character !== '{') return;
    if (this.#inString) this.#takeInString(character, found);
    else if (character === '{') this.#open(found);
    else if (frame !== undefined) {
      frame.text += character;
      if (character === '"') this.#inString = true;
      else if (character === '}') this.#close(found);
    }
  }

  #takeInString(character: string, found: FoundObject[]): void {
    const frame = this.#frames.at(-1);
    if (frame === undefined) return;
    if (character === '\n') {
      this.#inString = this.#isEscaped = false;
      this.#frames.pop();
      if (!frame.hasInner) found.push({ broken: frame.text });
      return;
    }
    frame.text += character;
    if (this.#isEscaped) this.#isEscaped = false;
    else if (character === '\\') this.#isEscaped = true;
    else if (character === '"') this.#inString = false;
  }

  #open(found: FoundObject[]): void {
    const outer = this.#frames.at(-1);
    if (outer !== undefined) {
      // `{"language":"en","segments":[`
      if (!outer.hasInner) push(found, parse(`${outer.text}]}`) ?? parse(`${outer.text}null}`));
      outer.hasInner = true;
      outer.text = '';
    }
    this.#frames.push({ text: '{', hasInner: false });
  }

  #close(found: FoundObject[]): void {
    const frame = this.#frames.pop();
    if (frame === undefined) return;
    const outer = this.#frames.at(-1);
    if (outer !== undefined) outer.text = '';
    if (!frame.hasInner) found.push({ ...(parse(frame.text) ?? { broken: frame.text }) });
    // `],"language":"en"}`
    else push(found, parse(`{${frame.text.replace(/^[\s\]]*,?/, '')}`));
  }
}

function push(found: FoundObject[], object: FoundObject | undefined): void {
  if (object !== undefined) found.push(object);
}

function parse(text: string): FoundObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    return { value: Object.fromEntries(Object.entries(value)) };
  } catch {
    // The caller knows what to do with what is no JSON.
    return undefined;
  }
}
