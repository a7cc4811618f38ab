import { nodeFetch } from '../../src/host/nodeFetch.js';
import { createProgramRunner } from '../../src/host/programs.js';
import { EarshotError } from '../../src/core/errors.js';
import { createProviders } from '../../src/providers/registry.js';
import type { Provider, ProviderContext } from '../../src/providers/provider.js';
import { benchKey, type OpenAIServer } from '../support/openaiServer/server.ts';

/** A context as the host makes it, that keeps every line it is given for the log. */
export class WireContext implements ProviderContext {
  readonly lines: string[] = [];
  readonly secrets: string[] = [];
  readonly asked: { provider: string; origin: string }[] = [];
  key: string | undefined = benchKey;
  fetch: typeof fetch = nodeFetch;
  readonly programs = createProgramRunner();
  readonly log = (line: string): void => {
    this.lines.push(line);
  };
  readonly addSecret = (secret: string): void => {
    this.secrets.push(secret);
  };
  readonly getKey = (provider: string, origin: string): Promise<string | undefined> => {
    this.asked.push({ provider, origin });
    return Promise.resolve(this.key);
  };
}

export const wireKinds = ['openai', 'openai-compatible'] as const;

/** The one provider that a single entry in the settings makes. */
export function aProvider(
  entry: Readonly<Record<string, unknown>>,
  context: ProviderContext,
  name = 'bench',
): Provider {
  const { providers, problems } = createProviders({ [name]: entry }, context);
  const provider = providers.find((candidate) => candidate.name === name);
  if (provider === undefined) throw problems[0]?.error ?? new Error('no provider');
  return provider;
}

export function providerOf(
  server: OpenAIServer,
  kind: (typeof wireKinds)[number],
  context: ProviderContext,
  more: Readonly<Record<string, unknown>> = {},
): Provider {
  return aProvider({ kind, baseUrl: server.baseUrl, label: 'Bench', ...more }, context);
}

export const never = (): AbortSignal => new AbortController().signal;

export async function collect<T>(events: AsyncIterable<T> | undefined): Promise<T[]> {
  const list: T[] = [];
  if (events === undefined) throw new Error('the provider cannot do this');
  for await (const event of events) list.push(event);
  return list;
}

/** Everything that came, and the EarshotError that ended it. */
export async function collectUntilError<T>(
  events: AsyncIterable<T> | undefined,
): Promise<{ readonly events: T[]; readonly error: EarshotError }> {
  const list: T[] = [];
  if (events === undefined) throw new Error('the provider cannot do this');
  try {
    for await (const event of events) list.push(event);
  } catch (error) {
    if (error instanceof EarshotError) return { events: list, error };
    throw error;
  }
  throw new Error('it did not fail');
}
