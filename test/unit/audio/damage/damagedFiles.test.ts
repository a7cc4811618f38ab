import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ffmpegNote, hasFfmpeg, makeSound } from '../support/ffmpeg.js';
import { mutations, randomNumbers } from '../support/mutate.js';
import { plainFormats } from '../support/plainFormats.js';
import { soundFormats } from '../support/soundFormats.js';
import type { SoundFormat } from '../support/soundFormats.js';
import { DamagePool } from './damagePool.js';
import { damageWays } from './damageProtocol.js';
import type { DamageWay } from './damageProtocol.js';
import { complaint, memoryLimitMegabytes } from './judge.js';

/**
 * `EARSHOT_DAMAGE_COUNT=50000 npx vitest run --project unit test/unit/audio/damage` reads more files, and
 * `EARSHOT_DAMAGE_SEED=7` others. A complaint names format, kind and seed, which make the same file again.
 */
const wantedCount = Number(process.env['EARSHOT_DAMAGE_COUNT'] ?? 3000);
const firstSeed = Number(process.env['EARSHOT_DAMAGE_SEED'] ?? 1);
const patienceMilliseconds = 10_000;
const seconds = 1.5;
const formats = [...plainFormats, ...soundFormats];
const kinds = Object.entries(mutations);
const roundCount = Math.ceil(wantedCount / (formats.length * kinds.length));

function original(format: SoundFormat, isSilent: boolean): Uint8Array {
  return makeSound(format.file, format.args, seconds, format.sampleRate, isSilent ? '0|0' : undefined);
}

/** Half of the files are decoded as they are; the rest goes every way that a recording may go. */
function wayOf(index: number): DamageWay {
  return index % 2 === 0 ? 'decode' : (damageWays[1 + (Math.floor(index / 2) % (damageWays.length - 1))] ?? 'decode');
}

describe.skipIf(!hasFfmpeg)(`${roundCount * formats.length * kinds.length} damaged files${ffmpegNote}`, () => {
  let pool: DamagePool;
  beforeAll(async () => {
    pool = await DamagePool.start(Math.max(2, availableParallelism() - 1), patienceMilliseconds);
  }, 60_000);
  afterAll(() => {
    pool.close();
  });

  it.each(formats.map((format) => [format.name, format] as const))(
    '%s: an error with a reason, or a part of the sound, in good time and little memory',
    async (_, format) => {
      const originals = [original(format, false), original(format, true)];
      const complaints: string[] = [];
      let heardCount = 0;
      let errorCount = 0;
      const read = async (kind: string, round: number): Promise<void> => {
        const seed = firstSeed + round * 1000 + format.name.length * 7 + kind.length;
        const isSilent = round % 4 === 3;
        const bytes = mutations[kind]?.(originals[isSilent ? 1 : 0] ?? new Uint8Array(0), randomNumbers(seed));
        if (bytes === undefined) return;
        const job = { bytes, way: isSilent ? 'decode' : wayOf(round + kind.length) } as const;
        let answer = await pool.run(job);
        if ((answer.peakMegabytes ?? 0) > memoryLimitMegabytes) answer = await pool.runAlone(job);
        const of = { format, kind, seconds, isSilent, byteLength: bytes.byteLength };
        const isGreedy = (answer.peakMegabytes ?? 0) > memoryLimitMegabytes;
        const wrong = isGreedy ? `${answer.peakMegabytes?.toFixed(0)} MB` : complaint(of, answer);
        if (answer.heard === undefined) errorCount++;
        else heardCount++;
        if (wrong !== undefined) complaints.push(`${format.name}, ${kind}, seed ${seed}, ${job.way}: ${wrong}`);
      };
      const work = kinds.flatMap(([kind]) => Array.from({ length: roundCount }, (__, round) => read(kind, round)));
      await Promise.all(work);
      expect(complaints).toEqual([]);
      // Both happen, or the damage was not worth the name.
      expect(Math.min(heardCount, errorCount)).toBeGreaterThan(0);
    },
    600_000,
  );
});
