// What the features of a long transcript cost, in milliseconds of processor time. Bundled and run by scripts/transcriptTimes.mjs.
import { describeCue } from '../../src/core/document/describeCue.js';
import { findProblems } from '../../src/core/document/findProblems.js';
import { formatCueFile } from '../../src/core/document/formatCueFile.js';
import { mergeCues, splitCue } from '../../src/core/document/reshapeCues.js';
import { retimeCues } from '../../src/core/document/retime.js';
import { renameSpeaker, speakerAt, usesOfSpeaker } from '../../src/core/document/speakers.js';
import { chaptersOf } from '../../src/core/document/chapters.js';
import { turnsOf } from '../../src/core/document/turns.js';
import { applyEdits, cueAt } from '../../src/core/formats/cueFile.js';
import { readCueFile } from '../../src/core/formats/readCueFile.js';
import { serialiseCues, serialiseWebVtt } from '../../src/core/formats/webVtt.js';
import { longTranscript } from '../support/transcriptTexts.js';

const cues = Number(process.argv[2] ?? 10_000);
const content = serialiseWebVtt([], serialiseCues(longTranscript(cues)));
const file = readCueFile(content, 'vtt');
const middle = file.cues[Math.floor(cues / 2)];
const offset = (middle?.payload.start ?? 0) + 4;

const jobs = {
  parse: () => readCueFile(content, 'vtt'),
  outline: () => [chaptersOf(file), turnsOf(file)],
  hover: () => {
    const cue = cueAt(file, offset);
    return cue === undefined ? [] : describeCue(cue);
  },
  problems: () => findProblems(file),
  'name at the caret': () => speakerAt(file, offset),
  references: () => usesOfSpeaker(file, 'Bob'),
  rename: () => renameSpeaker(file, 'Bob', 'Robert'),
  'rename, applied': () => applyEdits(content, renameSpeaker(file, 'Bob', 'Robert')),
  format: () => formatCueFile(file),
  'shift all times': () => retimeCues(file, file.cues, { factor: 1, shiftSeconds: 1 }),
  split: () => splitCue(file, offset + 20),
  'merge all': () => mergeCues(file, file.cues),
};

for (const [name, job] of Object.entries(jobs)) {
  const started = process.cpuUsage();
  job();
  const first = process.cpuUsage(started);
  const rounds = 20;
  const begun = process.cpuUsage();
  for (let round = 0; round < rounds; round++) job();
  const { user, system } = process.cpuUsage(begun);
  const milliseconds = (microseconds: number): string => (microseconds / 1000).toFixed(1).padStart(8);
  console.log(`${name.padEnd(20)}${milliseconds(first.user + first.system)}${milliseconds((user + system) / rounds)}`);
}
