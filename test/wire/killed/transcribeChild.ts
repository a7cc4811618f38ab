// Transcribes one recording as the extension does: engine in its worker, journal on disk, provider on the wire. It is a process
// of its own so that a test can end it at any moment.
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { serialiseTranscript } from '../../../src/core/formats/transcriptFile.js';
import { createWorkerEngine } from '../../../src/host/audioWorker.js';
import { createJobJournals } from '../../../src/host/jobJournals.js';
import { createRequestLimits } from '../../../src/workflows/requestLimits.js';
import { transcribeClip } from '../../../src/workflows/transcribeClip.js';
import { aProvider, WireContext } from '../askServer.js';

export interface ChildJob {
  readonly recording: string;
  readonly workerUrl: string;
  readonly baseUrl: string;
  readonly journalFolder: string;
  readonly transcript: string;
  readonly concurrency: number;
  /** ISO 8601. */
  readonly now: string;
}

const job = JSON.parse(process.argv[2] ?? '{}') as ChildJob;
const engine = createWorkerEngine({ workerUrl: new URL(job.workerUrl), ffmpeg: () => 'off' });
const models = {
  'whisper-1': { transcription: true, inputFormats: ['wav'], transcriptTimes: 'segments', maxInputSeconds: 5 },
};
const provider = aProvider({ kind: 'openai', baseUrl: job.baseUrl, models }, new WireContext());
const { transcript, stoppedBy } = await transcribeClip(
  {
    uri: pathToFileURL(job.recording).href,
    name: basename(job.recording),
    source: { kind: 'file', name: basename(job.recording), path: job.recording },
  },
  { chosen: { provider, model: await provider.model('whisper-1') } },
  {
    engine,
    now: () => new Date(job.now),
    permit: () => Promise.resolve(),
    journals: createJobJournals({
      folder: job.journalFolder,
      maxBytes: () => 1e7,
      warn: (line) => {
        throw new Error(line);
      },
    }),
    requestLimit: createRequestLimits(() => job.concurrency),
  },
  new AbortController().signal,
);
await engine.dispose();
if (stoppedBy !== undefined) throw stoppedBy;
writeFileSync(
  job.transcript,
  serialiseTranscript(transcript, () => 'sum'),
);
