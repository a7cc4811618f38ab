// The figures of long transcripts: their making in a process of its own and in a real VS Code, and the work in them.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeSleeper, measure } from './extensionHost.mjs';
import { figure } from './figure.mjs';
import { makeRecordings } from './recordings.mjs';
import {
  growthLimitMegabytes,
  latencySeconds,
  largestParts,
  startTranscriptServer,
  transcriptJobFigures,
} from './transcripts.mjs';

const firstCueLimitSeconds = 3 + latencySeconds;
const featureLimitMilliseconds = 50;

/**
 * @param {{ minutes: number, rounds: number }} options
 * @returns {Promise<import('./figure.mjs').Figure[]>}
 */
export async function longTranscriptFigures(options) {
  return [...(await transcriptJobFigures(options)), ...(await editorFigures(options))];
}

/** @returns {Promise<import('./figure.mjs').Figure[]>} */
export async function editorFigures({ minutes }) {
  await makeSleeper();
  const pathOf = await makeRecordings(['threefold.m4a'], minutes);
  const folder = mkdtempSync(join(tmpdir(), 'earshot-bench-'));
  const workspace = join(folder, 'workspace');
  mkdirSync(workspace);
  // Its transcript is saved beside it.
  const path = join(workspace, 'interview.m4a');
  copyFileSync(pathOf('threefold.m4a'), path);
  const server = await startTranscriptServer();
  try {
    console.error('Measuring in VS Code');
    const long = { path, baseUrl: server.baseUrl, row: largestParts };
    const run = await measure(folder, { long, transcriptPath: join(workspace, 'long.vtt') });
    return [...longFigures(run.long, (minutes * 3) / 60), ...run.features.flatMap(featureFigures)];
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function longFigures({ milliseconds, wholeMilliseconds, cueCount, growthMegabytes }, hours) {
  if (cueCount < hours * 900) throw new Error(`The transcript has only ${cueCount} cues.`);
  const name = `${hours} h in VS Code`;
  return [
    figure(`${name}: first cue in the editor`, milliseconds / 1000, 's', firstCueLimitSeconds, 2),
    figure(`${name}: time in all`, wholeMilliseconds / 1000, 's'),
    ...(growthMegabytes === undefined
      ? []
      : [figure(`${name}: growth of the extension host`, growthMegabytes, 'MB', growthLimitMegabytes)]),
  ];
}

function featureFigures({ feature, answerMilliseconds, commandMilliseconds, count }) {
  if (count === 0) throw new Error(`There was no answer to: ${feature}`);
  // VS Code changes the document; the answer before it was ours.
  const limit = feature === 'rename, applied' ? undefined : featureLimitMilliseconds;
  return [
    figure(`10,000 cues, ${feature} (${count})`, answerMilliseconds, 'ms', limit),
    ...(commandMilliseconds === undefined
      ? []
      : [figure(`10,000 cues, ${feature}, through VS Code and back`, commandMilliseconds, 'ms')]),
  ];
}
