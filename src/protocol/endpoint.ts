import { EarshotError, toEarshotError } from '../core/errors.js';
import type { ErrorReason } from '../core/errors.js';

// The one place where a view and its host half talk. Each side names what it answers and what it listens to; both sides
// are checked against the same types.

/** What one side can be asked and told. */
export interface Contract {
  /** By name: what is handed over, and what comes back. */
  readonly asks: Readonly<Record<string, readonly [request: unknown, answer: unknown]>>;
  readonly tells: Readonly<Record<string, unknown>>;
}

type Request<Side extends Contract, Name extends keyof Side['asks']> = Side['asks'][Name][0];
type Answer<Side extends Contract, Name extends keyof Side['asks']> = Side['asks'][Name][1];

/** What a side does with what it is asked and told. A handler of an ask may throw; the asker gets the error. */
export interface Handlers<Side extends Contract> {
  readonly answer: {
    readonly [Name in keyof Side['asks']]: (
      request: Request<Side, Name>,
    ) => Answer<Side, Name> | Promise<Answer<Side, Name>>;
  };
  readonly hear: { readonly [Name in keyof Side['tells']]: (message: Side['tells'][Name]) => void };
}

/** Whatever carries messages: a webview's two ends. Messages may be lost; what is asked then is never answered. */
export interface Channel {
  post(message: unknown): void;
  /** @returns what ends the listening. */
  listen(listener: (message: unknown) => void): () => void;
}

/** The way to the other side. */
export interface Endpoint<Other extends Contract> {
  /**
   * @param patienceMilliseconds A lost message is given up after so long. Default 60,000.
   * @throws EarshotError as the other side threw it; `cancelled` when this end is closed or waits in vain.
   */
  ask<Name extends keyof Other['asks'] & string>(
    name: Name,
    request: Request<Other, Name>,
    patienceMilliseconds?: number,
  ): Promise<Answer<Other, Name>>;
  tell<Name extends keyof Other['tells'] & string>(name: Name, message: Other['tells'][Name]): void;
  dispose(): void;
}

type Message =
  | { readonly kind: 'ask'; readonly id: number; readonly name: string; readonly content: unknown }
  | { readonly kind: 'tell'; readonly name: string; readonly content: unknown }
  | { readonly kind: 'answer'; readonly id: number; readonly content: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly reason: ErrorReason; readonly message: string };

interface Waiting {
  readonly resolve: (content: unknown) => void;
  readonly reject: (error: EarshotError) => void;
}

const usualPatienceMilliseconds = 60_000;

export function createEndpoint<Own extends Contract, Other extends Contract>(
  channel: Channel,
  handlers: Handlers<Own>,
): Endpoint<Other> {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let isDisposed = false;
  const post = (message: Message): void => {
    if (!isDisposed) channel.post(message);
  };

  const answer = async (id: number, name: string, content: unknown): Promise<void> => {
    try {
      // The other side is checked against the same contract.
      const handler = own(handlers.answer, name);
      if (handler === undefined) throw new Error(`Nobody answers "${name}".`);
      post({ kind: 'answer', id, content: await handler(content) });
    } catch (thrown) {
      const { reason, message } = toEarshotError(thrown);
      post({ kind: 'error', id, reason, message });
    }
  };

  const stopListening = channel.listen((received) => {
    if (isDisposed || !isMessage(received)) return;
    switch (received.kind) {
      case 'ask':
        void answer(received.id, received.name, received.content);
        break;
      case 'tell':
        own(handlers.hear, received.name)?.(received.content);
        break;
      case 'answer':
        waiting.get(received.id)?.resolve(received.content);
        break;
      case 'error':
        waiting.get(received.id)?.reject(new EarshotError(received.reason, received.message));
        break;
    }
  });

  return {
    async ask(name, request, patienceMilliseconds = usualPatienceMilliseconds) {
      const id = ++lastId;
      const closed = (): EarshotError => new EarshotError('cancelled', 'The view was closed before it was answered.');
      if (isDisposed) throw closed();
      let timer: ReturnType<typeof setTimeout> | undefined;
      try {
        return await new Promise<unknown>((resolve, reject) => {
          waiting.set(id, { resolve, reject });
          timer = setTimeout(() => {
            reject(closed());
          }, patienceMilliseconds);
          post({ kind: 'ask', id, name, content: request });
        });
      } finally {
        clearTimeout(timer);
        waiting.delete(id);
      }
    },
    tell(name, message) {
      post({ kind: 'tell', name, content: message });
    },
    dispose() {
      isDisposed = true;
      stopListening();
      for (const { reject } of waiting.values()) reject(new EarshotError('cancelled', 'The view was closed.'));
      waiting.clear();
    },
  };
}

/** What a table itself holds by a name that came as a message, and nothing that every object has. */
function own(table: object, name: string): ((content: unknown) => unknown) | undefined {
  return Object.hasOwn(table, name) ? (Reflect.get(table, name) as (content: unknown) => unknown) : undefined;
}

/** Other code of VS Code posts to views too. */
function isMessage(received: unknown): received is Message {
  if (typeof received !== 'object' || received === null) return false;
  const { kind } = received as { readonly kind?: unknown };
  return kind === 'ask' || kind === 'tell' || kind === 'answer' || kind === 'error';
}
