import { randomUUID } from 'node:crypto';
import type * as http from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import type * as https from 'node:https';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * VS Code puts its proxy and certificate settings into `http` and `https` as extensions `require` them; an `import` of the
 * same modules would go past them.
 */
const load = createRequire(import.meta.url);
const transports = {
  'http:': load('http') as typeof http,
  'https:': load('https') as typeof https,
} as const;

const bodilessStatuses = [204, 205, 304];

/** A body whose length is known beforehand: not every server takes chunks. A blob is never copied as a whole. */
interface KnownBody {
  readonly content: Uint8Array | Blob | undefined;
  readonly contentType: string | undefined;
}

/** A form as `fetch` packs it (RFC 7578, with the escapes of HTML's forms); its files are pointed at, not copied. */
function packForm(form: FormData): KnownBody {
  const boundary = `----earshot-${randomUUID()}`;
  const escaped = (text: string): string => text.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22');
  const parts: (string | Blob)[] = [];
  for (const [name, value] of form) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(name.replaceAll(/\r\n?|\n/g, '\r\n'))}"`;
    if (typeof value === 'string') {
      parts.push(`${head}\r\n\r\n${value.replaceAll(/\r\n?|\n/g, '\r\n')}\r\n`);
    } else {
      const type = value.type === '' ? 'application/octet-stream' : value.type;
      parts.push(`${head}; filename="${escaped(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`, value, '\r\n');
    }
  }
  parts.push(`--${boundary}--\r\n`);
  return { content: new Blob(parts), contentType: `multipart/form-data; boundary=${boundary}` };
}

async function knownBody(body: RequestInit['body']): Promise<KnownBody> {
  if (body === undefined || body === null) return { content: undefined, contentType: undefined };
  if (body instanceof Uint8Array) return { content: body, contentType: undefined };
  if (body instanceof Blob) return { content: body, contentType: body.type === '' ? undefined : body.type };
  if (body instanceof FormData) return packForm(body);
  if (typeof body === 'string')
    return { content: new TextEncoder().encode(body), contentType: 'text/plain;charset=UTF-8' };
  const packed = new Response(body);
  return {
    content: new Uint8Array(await packed.arrayBuffer()),
    contentType: packed.headers.get('content-type') ?? undefined,
  };
}

function headersOf(incoming: IncomingMessage): Headers {
  const headers = new Headers();
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    headers.append(incoming.rawHeaders[index] ?? '', incoming.rawHeaders[index + 1] ?? '');
  }
  return headers;
}

/** Reads on only when somebody wants more, and lets go of the socket when nobody does. */
function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  const chunks = incoming[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const next = await chunks.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      cancel: () => {
        incoming.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}

function responseOf(incoming: IncomingMessage): Response {
  const status = incoming.statusCode ?? 0;
  const init = { status, statusText: incoming.statusMessage ?? '', headers: headersOf(incoming) };
  if (bodilessStatuses.includes(status)) {
    incoming.resume();
    return new Response(null, init);
  }
  return new Response(bodyOf(incoming), init);
}

function abortError(signal: AbortSignal): unknown {
  return signal.reason ?? new DOMException('This operation was aborted', 'AbortError');
}

function send(
  url: URL,
  options: RequestOptions,
  content: Uint8Array | Blob | undefined,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const transport = url.protocol === 'https:' ? transports['https:'] : transports['http:'];
  return new Promise((resolve, reject) => {
    let answer: IncomingMessage | undefined;
    const request = transport.request(url, options, (incoming) => {
      answer = incoming;
      incoming.once('close', () => signal?.removeEventListener('abort', stop));
      resolve(responseOf(incoming));
    });
    const stop = (): void => {
      const reason = signal === undefined ? undefined : abortError(signal);
      const error = reason instanceof Error ? reason : new DOMException('This operation was aborted', 'AbortError');
      answer?.destroy(error);
      request.destroy(error);
      reject(error);
    };
    signal?.addEventListener('abort', stop, { once: true });
    request.once('error', (error) => {
      signal?.removeEventListener('abort', stop);
      reject(error);
    });
    if (content instanceof Blob) {
      // What goes wrong on the way, the request itself says.
      pipeline(Readable.fromWeb(content.stream()), request).catch(() => undefined);
    } else {
      request.end(content);
    }
  });
}

/**
 * `fetch` over Node's own HTTP, for what the global one cannot do in VS Code: it gives up when a server takes more than five
 * minutes for its first byte, however long the caller is ready to wait, and can be told otherwise only by means that go past
 * VS Code's proxy settings. Redirects are never followed (they come back as they are), nothing is stored, no cookies are kept,
 * and no header is sent that the caller did not give.
 */
export const nodeFetch: typeof fetch = async (input, init = {}) => {
  const request = input instanceof Request ? input : undefined;
  const url = new URL(input instanceof Request ? input.url : input);
  const signal = init.signal ?? request?.signal;
  if (signal?.aborted === true) throw abortError(signal);
  const { content, contentType } = await knownBody(init.body ?? request?.body);
  const headers = new Headers(init.headers ?? request?.headers);
  if (contentType !== undefined && !headers.has('content-type')) headers.set('content-type', contentType);
  if (content !== undefined)
    headers.set('content-length', String(content instanceof Blob ? content.size : content.byteLength));
  const options = { method: init.method ?? request?.method ?? 'GET', headers: Object.fromEntries(headers) };
  return send(url, options, content, signal ?? undefined);
};
