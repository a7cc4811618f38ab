import { createServer, type IncomingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { text } from '../../src/core/conversation.js';
import { startOpenAIServer } from '../support/openaiServer/server.ts';
import { toneWords } from '../support/openaiServer/tones.ts';
import { aProvider, collect, collectUntilError, never, providerOf, WireContext, wireKinds } from './askServer.ts';

const clip = toneWords('three golf');
const audio = { bytes: clip.wav, format: 'wav', fileName: 'interview.wav' } as const;

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

async function withHeaderTrap(work: (origin: string, seen: IncomingHttpHeaders[]) => Promise<void>): Promise<void> {
  const seen: IncomingHttpHeaders[] = [];
  const trap = createServer((message, response) => {
    seen.push(message.headers);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"text":"trapped"}');
  }).listen(0, '127.0.0.1');
  await once(trap, 'listening');
  try {
    await work(`http://127.0.0.1:${(trap.address() as AddressInfo).port}`, seen);
  } finally {
    trap.closeAllConnections();
    trap.close();
  }
}

describe.each(wireKinds)('what surrounds %s', (kind) => {
  it('changes nothing through environment variables', async () => {
    const server = await startOpenAIServer({ recogniser: 'tones' });
    try {
      await withHeaderTrap(async (origin, trapped) => {
        const printed = ['log', 'debug', 'info', 'warn', 'error'] as const;
        const spies = printed.map((name) => vi.spyOn(console, name).mockImplementation(() => undefined));
        const ask = async (): Promise<Record<string, unknown>> => {
          server.reset();
          const provider = providerOf(server, kind, new WireContext());
          await collect(provider.transcribe?.({ model: 'whisper-1', audio }, never()));
          await collect(
            provider.converse?.(
              {
                model: 'gpt-audio-1.5',
                messages: [
                  {
                    role: 'user',
                    content: [{ type: 'input_audio', input_audio: { data: clip.wav, format: 'wav' } }, text('What?')],
                  },
                ],
              },
              never(),
            ),
          );
          return server.requestsTo('/v1/chat/completions')[0]?.headers ?? {};
        };
        const before = await ask();
        vi.stubEnv('OPENAI_API_KEY', 'sk-from-the-environment');
        vi.stubEnv('OPENAI_ADMIN_KEY', 'sk-admin-from-the-environment');
        vi.stubEnv('OPENAI_BASE_URL', `${origin}/v1`);
        vi.stubEnv('OPENAI_ORG_ID', 'org-from-the-environment');
        vi.stubEnv('OPENAI_PROJECT_ID', 'proj-from-the-environment');
        vi.stubEnv('OPENAI_WEBHOOK_SECRET', 'secret-from-the-environment');
        vi.stubEnv('OPENAI_CUSTOM_HEADERS', 'X-Evil: from-the-environment\nAuthorization: Bearer from-the-environment');
        vi.stubEnv('OPENAI_LOG', 'debug');
        const after = await ask();
        expect(after).toEqual(before);
        expect(trapped).toEqual([]);
        for (const spy of spies) expect(spy).not.toHaveBeenCalled();
        expect(server.problems).toEqual([]);
      });
    } finally {
      await server.close();
    }
  });

  it('does not take a key along to where it is redirected', async () => {
    await withHeaderTrap(async (elsewhere, trapped) => {
      const redirecting = createServer((_, response) => {
        response.writeHead(308, { location: `${elsewhere}/v1/audio/transcriptions` }).end();
      }).listen(0, '127.0.0.1');
      await once(redirecting, 'listening');
      const { port } = redirecting.address() as AddressInfo;
      const provider = aProvider({ kind, baseUrl: `http://127.0.0.1:${port}/v1` }, new WireContext());
      const { error } = await collectUntilError(provider.transcribe?.({ model: 'whisper-1', audio }, never()));
      expect(error.reason).toBe('invalid-settings');
      expect(error.message).toContain(elsewhere);
      expect(trapped).toEqual([]);
      redirecting.closeAllConnections();
      redirecting.close();
    });
  });

  it('sends no authorization where there is no key, and the own one of the settings where there is one', async () => {
    await withHeaderTrap(async (origin, seen) => {
      const context = new WireContext();
      const headers = { Authorization: 'Token of-the-settings-0123' };
      const ask = async (more: Readonly<Record<string, unknown>>): Promise<void> => {
        const provider = aProvider({ kind, baseUrl: `${origin}/v1`, ...more }, context);
        await collect(provider.transcribe?.({ model: 'whisper-1', audio }, never()));
      };
      context.key = undefined;
      if (kind === 'openai-compatible') await ask({});
      await ask({ headers });
      context.key = 'sk-kept-0123456789';
      await ask({ headers });
      expect(seen.map(({ authorization }) => authorization)).toEqual([
        ...(kind === 'openai-compatible' ? [undefined] : []),
        'Token of-the-settings-0123',
        'Token of-the-settings-0123',
      ]);
      expect(context.lines.join('\n')).not.toMatch(/of-the-settings|sk-kept/);
    });
  });

  it('repeats no secret of a server that echoes what it was sent', async () => {
    const context = new WireContext();
    context.key = 'a-key-with-no-known-prefix';
    context.fetch = (_, init) =>
      Promise.resolve(
        Response.json(
          {
            error: {
              message: `no: ${[...new Headers(init?.headers)].flat().join(' ').replace('Token ', '')}`,
              code: 'odd',
            },
          },
          { status: 400 },
        ),
      );
    const provider = aProvider(
      {
        kind,
        baseUrl: 'https://api.example/v1',
        headers: { 'x-gateway-pass': 'open-sesame-please', 'x-auth': 'Token 7f3ae9c1d2' },
      },
      context,
    );
    const { error } = await collectUntilError(provider.transcribe?.({ model: 'whisper-1', audio }, never()));
    const seen = [error.message, error.detail, ...context.lines].join('\n');
    expect(seen).not.toContain('a-key-with-no-known-prefix');
    expect(seen).not.toContain('open-sesame-please');
    expect(seen).not.toContain('7f3ae9c1d2');
    expect(context.secrets).toEqual(expect.arrayContaining(['open-sesame-please', '7f3ae9c1d2']));
    expect(seen).toContain('[key]');
  });
});
