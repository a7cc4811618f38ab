import { cancelled, EarshotError, throwIfCancelled } from '../../core/errors.js';

/** What fetching needs from the platform. */
export interface UrlAccess {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /**
   * Whether a host is in a private network or on this machine, by whatever name. Absent where the platform keeps pages from
   * such hosts itself.
   */
  readonly isPrivateHost?: (hostname: string) => Promise<boolean>;
  /** How long a server may be silent. Default 30 s. */
  readonly patienceMilliseconds?: number;
}

/** A recording on a web server, or one that stands in its address. */
export interface UrlAddress {
  /** For messages to people: addresses may hold keys. */
  readonly name: string;
  /** `https:` or `data:`; where `allowsPrivate` is set, `http:` to such hosts as well. */
  readonly url: string;
  /** True where the user has said that hosts of the private network, or of this machine, may be asked. */
  readonly allowsPrivate?: boolean;
}

const redirectLimit = 5;
const defaultPatienceMilliseconds = 30_000;

/** An answer whose body has not been read. */
export interface UrlAnswer {
  readonly response: Response;
  /** Reads the body. @throws EarshotError `clip-too-large` beyond the limit. */
  read(byteLimit: number): Promise<Uint8Array>;
  /** To be called when the body is not wanted. */
  discard(): void;
}

/**
 * Asks, follows redirects as far as they lead to hosts that may be asked, and waits no longer than the platform's patience.
 * @throws EarshotError `clip-unreadable` for an address that may not be asked, `unreachable`, `timeout`, `cancelled`.
 */
export async function requestUrl(
  address: UrlAddress,
  headers: Readonly<Record<string, string>>,
  access: UrlAccess,
  signal: AbortSignal | undefined,
): Promise<UrlAnswer> {
  throwIfCancelled(signal);
  const { name } = address;
  const exchange = new Exchange(name, access.patienceMilliseconds ?? defaultPatienceMilliseconds, signal);
  let url = parseUrl(name, address.url);
  try {
    for (let redirects = 0; ; redirects++) {
      await exchange.during(checkHost(url, address, access));
      const response = await exchange.during(
        access.fetch(url.href, { headers, redirect: 'manual', signal: exchange.signal, credentials: 'omit' }),
      );
      const target = response.status >= 300 && response.status < 400 ? response.headers.get('location') : null;
      if (target === null) {
        return {
          response,
          read: (byteLimit) => exchange.readBody(response, byteLimit),
          discard: () => {
            exchange.end();
          },
        };
      }
      if (redirects === redirectLimit) {
        throw unreadable(name, `its address leads from one to the next more than ${redirectLimit} times.`);
      }
      url = parseUrl(name, target, url);
      await response.body?.cancel();
    }
  } catch (error) {
    exchange.end();
    throw error;
  }
}

/** One request with all its redirects: ended by the user, or when the server is silent for too long. */
class Exchange {
  readonly #name: string;
  readonly #patience: number;
  readonly #outer: AbortSignal | undefined;
  readonly #abort = new AbortController();
  readonly #onAbort = (): void => {
    this.end();
  };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isLate = false;

  constructor(name: string, patience: number, signal: AbortSignal | undefined) {
    this.#name = name;
    this.#patience = patience;
    this.#outer = signal;
    signal?.addEventListener('abort', this.#onAbort);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener('abort', this.#onAbort);
    this.#abort.abort();
  }

  /** Waits as long as patience lasts. */
  async during<Value>(work: Promise<Value>): Promise<Value> {
    this.#timer = setTimeout(() => {
      this.#isLate = true;
      this.end();
    }, this.#patience);
    try {
      return await work;
    } catch (error) {
      throw this.#explain(error);
    } finally {
      clearTimeout(this.#timer);
    }
  }

  async readBody({ body }: Response, byteLimit: number): Promise<Uint8Array> {
    const blocks: Uint8Array[] = [];
    let byteLength = 0;
    const reader = (body as ReadableStream<Uint8Array> | null)?.getReader();
    try {
      for (;;) {
        const block = reader === undefined ? undefined : await this.during(reader.read());
        if (block?.value === undefined) break;
        byteLength += block.value.byteLength;
        if (byteLength > byteLimit) throw tooLarge(this.#name, byteLimit);
        blocks.push(block.value);
      }
    } finally {
      this.end();
    }
    const [first] = blocks;
    if (blocks.length === 1 && first !== undefined) return first;
    const all = new Uint8Array(byteLength);
    let offset = 0;
    for (let block = blocks.shift(); block !== undefined; block = blocks.shift()) {
      all.set(block, offset);
      offset += block.byteLength;
    }
    return all;
  }

  #explain(error: unknown): unknown {
    if (error instanceof EarshotError) return error;
    if (this.#outer?.aborted === true) return cancelled();
    if (this.#isLate) {
      const seconds = Math.ceil(this.#patience / 1000);
      return new EarshotError('timeout', `${this.#name}: its server was silent for ${seconds} s. Try again later.`);
    }
    const cause =
      error instanceof Error && error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error;
    return new EarshotError(
      'unreachable',
      `${this.#name}: its server cannot be reached, or broke off. Check the address and the connection, then try again.`,
      { cause: error, detail: String(cause) },
    );
  }
}

function parseUrl(name: string, text: string, base?: URL): URL {
  const url = URL.canParse(text, base?.href) ? new URL(text, base) : undefined;
  if (url === undefined) throw unreadable(name, 'its address is not a URL. Write it in full, beginning with https://.');
  if (url.username !== '' || url.password !== '') {
    throw unreadable(name, 'its address holds a user name or password. Download it yourself, and choose the file.');
  }
  return url;
}

async function checkHost(url: URL, { name, allowsPrivate = false }: UrlAddress, access: UrlAccess): Promise<void> {
  const isPrivate = await access.isPrivateHost?.(url.hostname.replace(/^\[|\]$/g, ''));
  if (isPrivate === true && !allowsPrivate) {
    throw unreadable(name, `its address leads to ${url.host}, in a private network or on this machine.`);
  }
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isPrivate === true)) return;
  throw unreadable(name, `its address leads to ${url.protocol} instead of https:.`);
}

export function unreadable(name: string, why: string): EarshotError {
  const next = /\. [A-Z]/.test(why) ? '' : ' Check the address, or download it yourself and choose the file.';
  return new EarshotError('clip-unreadable', `${name} cannot be fetched: ${why}${next}`);
}

export function tooLarge(name: string, byteLimit: number): EarshotError {
  const limit = `${Math.floor(byteLimit / 1_000_000)} MB`;
  return new EarshotError(
    'clip-too-large',
    `${name} has more than ${limit}, and its server cannot send parts of it. Download it yourself, and choose the file.`,
  );
}

const words: Readonly<Record<number, string>> = {
  401: 'its server asks who you are. Download it yourself, and choose the file.',
  403: 'its server does not let just anyone have it. Download it yourself, and choose the file.',
  404: 'its server has nothing at this address.',
  410: 'its server says that it is gone.',
};

/** The error for a status that is no success. */
export function refused(name: string, status: number): EarshotError {
  const why = words[status];
  if (why !== undefined) return unreadable(name, why);
  if (status === 429 || status >= 500) {
    return new EarshotError('unreachable', `${name}: its server has a problem (status ${status}). Try again later.`);
  }
  return unreadable(name, `its server answers with the status ${status}.`);
}
