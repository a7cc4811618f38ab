/**
 * The server as a process of its own. Prints one line of JSON, `{ "origin", "baseUrl", "apiKey" }`, and serves until it
 * is told to stop: by a signal, or with `--until-stdin-ends` by the end of its standard input.
 *
 *     node test/support/openaiServer/main.ts [--port n] [--key k | --no-key] [--recogniser r] [--synthesiser s]
 *
 * The environment may say the same: EARSHOT_BENCH_PORT, EARSHOT_BENCH_KEY (empty: no key), EARSHOT_BENCH_RECOGNISER,
 * EARSHOT_BENCH_SYNTHESISER.
 */
import { parseArgs } from 'node:util';
import type { Recogniser } from './recognise.ts';
import { benchKey, startOpenAIServer } from './server.ts';
import type { Synthesiser } from './synthesise.ts';

const recognisers: readonly Recogniser[] = ['auto', 'tones', 'pocketsphinx', 'signal'];
const synthesisers: readonly Synthesiser[] = ['auto', 'tones', 'flite', 'espeak-ng'];

function choose<T extends string>(what: string, wanted: string | undefined, known: readonly T[]): T | undefined {
  if (wanted === undefined) return undefined;
  const found = known.find((value) => value === wanted);
  if (found === undefined) throw new Error(`No ${what} "${wanted}"; there is ${known.join(', ')}`);
  return found;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      key: { type: 'string' },
      'no-key': { type: 'boolean' },
      recogniser: { type: 'string' },
      synthesiser: { type: 'string' },
      'until-stdin-ends': { type: 'boolean' },
    },
  });
  const { env } = process;
  const key = values['no-key'] === true ? '' : (values.key ?? env['EARSHOT_BENCH_KEY'] ?? benchKey);
  const apiKey = key === '' ? null : key;
  const recogniser = choose('recogniser', values.recogniser ?? env['EARSHOT_BENCH_RECOGNISER'], recognisers);
  const synthesiser = choose('synthesiser', values.synthesiser ?? env['EARSHOT_BENCH_SYNTHESISER'], synthesisers);
  const server = await startOpenAIServer({
    port: Number(values.port ?? env['EARSHOT_BENCH_PORT'] ?? 0),
    apiKey,
    control: true,
    ...(recogniser && { recogniser }),
    ...(synthesiser && { synthesiser }),
  });
  const stop = () => {
    void server.close();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  if (values['until-stdin-ends'] === true) process.stdin.resume().once('end', stop);
  process.stdout.write(`${JSON.stringify({ origin: server.origin, baseUrl: server.baseUrl, apiKey })}\n`);
}

await main();
