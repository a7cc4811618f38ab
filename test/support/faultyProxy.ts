import { once } from 'node:events';
import { Agent, createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export const faults = {
  none: 60,
  delay: 8,
  'reset before it is passed on': 4,
  'reset after it was answered': 4,
  'rate limit, with a time': 4,
  'rate limit, without': 2,
  'server error': 4,
  overloaded: 4,
  'page of a gateway': 2,
  'cut in the middle': 5,
  trickle: 3,
} as const;

export type Fault = keyof typeof faults;

/** What became of the requests that belong together. */
export interface Tale {
  readonly faults: Fault[];
  /** Whether an answer had begun to reach the client, and how often it was asked for once more after that. */
  hasBegun: boolean;
  askedAgain: number;
  /** The first bytes of the answer that were let through, when it was cut. */
  cutAfter?: string;
}

export interface FaultyProxy {
  readonly origin: string;
  /** By the name that the request holds. */
  readonly tales: ReadonlyMap<string, Tale>;
  close(): Promise<void>;
}

/** The same numbers for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function pick(random: () => number): Fault {
  const names = Object.keys(faults) as Fault[];
  let left = random() * names.reduce((sum, name) => sum + faults[name], 0);
  return names.find((name) => (left -= faults[name]) < 0) ?? 'none';
}

/**
 * Stands between a client and a server and spoils what it passes on, at random and in the same way for the same seed.
 * @param nameOf Finds in the body of a request what it belongs to.
 */
export async function startFaultyProxy(
  target: string,
  seed: number,
  nameOf: (body: string) => string | undefined,
): Promise<FaultyProxy> {
  const random = seeded(seed);
  const tales = new Map<string, Tale>();
  const agent = new Agent({ keepAlive: true });

  const pass = async (request: IncomingMessage, body: Buffer): Promise<IncomingMessage> => {
    const headers = { ...request.headers, host: new URL(target).host };
    const onward = send(new URL(request.url ?? '/', target), { method: request.method, headers, agent });
    onward.end(body);
    const [answer] = (await once(onward, 'response')) as [IncomingMessage];
    return answer;
  };

  const refuse = (response: ServerResponse, status: number, body: string, headers: Record<string, string>): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const name = nameOf(body.toString('latin1')) ?? 'nobody';
    const tale = tales.get(name) ?? { faults: [], hasBegun: false, askedAgain: 0 };
    tales.set(name, tale);
    if (tale.hasBegun) tale.askedAgain += 1;
    const fault = pick(random);
    tale.faults.push(fault);
    const error = (type: string): string => JSON.stringify({ error: { message: type, type, code: type, param: null } });
    switch (fault) {
      case 'reset before it is passed on':
        request.socket.resetAndDestroy();
        return;
      case 'rate limit, with a time':
        refuse(response, 429, error('rate_limit_exceeded'), { 'retry-after-ms': '30' });
        return;
      case 'rate limit, without':
        refuse(response, 429, error('rate_limit_exceeded'), {});
        return;
      case 'server error':
        refuse(response, 500, error('server_error'), { 'retry-after-ms': '20' });
        return;
      case 'overloaded':
        refuse(response, 503, error('overloaded'), { 'retry-after': '0.05' });
        return;
      case 'page of a gateway':
        refuse(response, 502, '<html><body>Bad Gateway</body></html>', { 'content-type': 'text/html' });
        return;
      case 'delay':
        await wait(20 + 60 * random());
        break;
      case 'none':
      case 'reset after it was answered':
      case 'cut in the middle':
      case 'trickle':
        break;
    }
    const answer = await pass(request, body);
    if (fault === 'reset after it was answered') {
      answer.resume();
      request.socket.resetAndDestroy();
      return;
    }
    const bytes: Buffer[] = [];
    for await (const part of answer) bytes.push(part as Buffer);
    const whole = Buffer.concat(bytes);
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    tale.hasBegun = true;
    if (fault === 'cut in the middle') {
      const cut = Math.floor(whole.byteLength * random());
      tale.cutAfter = whole.subarray(0, cut).toString('utf8');
      response.write(whole.subarray(0, cut), () => {
        setTimeout(() => request.socket.destroy(), 5);
      });
      return;
    }
    if (fault === 'trickle') {
      for (let start = 0; start < whole.byteLength; start += 97) {
        response.write(whole.subarray(start, start + 97));
        await wait(1);
      }
      response.end();
      return;
    }
    response.end(whole);
  };

  const server = createServer((request, response) => {
    void handle(request, response).catch(() => request.socket.destroy());
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tales,
    close: async () => {
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
