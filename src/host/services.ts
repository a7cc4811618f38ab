import type { AudioEngine } from '../audio/engine.js';
import type { Provider } from '../providers/provider.js';
import type { ChosenModel, ProviderState } from '../workflows/chooseModel.js';
import type { OpenClip, TranscriptShelf } from '../workflows/ports.js';
import type { RequestLimit } from '../workflows/requestLimits.js';
import type * as vscode from 'vscode';
import type { Gate } from '../workflows/gate.js';
import type { LastFailure } from '../workflows/providerReport.js';
import type { EndNotices } from './endNotices.js';
import type { JobJournalStore } from './jobJournals.js';
import type { UnencryptedAddresses } from './consent.js';
import type { KeptAnswersStore } from './keptAnswers.js';
import type { Keys } from './keys.js';
import type { Reports } from './reports.js';
import type { UsageLog } from './usageLog.js';
import type { Log } from './log.js';

/** Everything a feature may lean on, wired once in extension.ts. */
export interface Services {
  readonly log: Log;
  readonly keys: Keys;
  readonly unencrypted: UnencryptedAddresses;
  readonly engine: AudioEngine;
  readonly shelf: TranscriptShelf;
  readonly now: () => Date;
  readonly permit: Gate['permit'];
  readonly forbidQuestions: Gate['forbidQuestions'];
  /** Transcriptions under way and finished ones, on this machine. */
  readonly journals: JobJournalStore;
  /** What models wrote of parts of a longer text, on this machine. */
  readonly answers: KeptAnswersStore;
  readonly requestLimit: (provider: Provider) => RequestLimit;
  readonly usageLog: UsageLog;
  /** What went wrong last with a provider, since the window opened. */
  readonly lastFailure: (provider: string) => LastFailure | undefined;
  readonly noticeEnd: EndNotices;
  readonly reports: Reports;
  readonly openClip: (uri: vscode.Uri) => Promise<OpenClip>;
  /** In the order of `auto`. Made anew when settings change. */
  readonly providers: () => readonly Provider[];
  /** Which of them are ready, and their models. */
  readonly survey: (signal?: AbortSignal) => Promise<readonly ProviderState[]>;
  /** The models of those that are ready, as far as they are known without asking any server. */
  readonly knownModels: (signal?: AbortSignal) => Promise<readonly ChosenModel[]>;
  /** Fires when keys, settings or programs changed, so that the list of models may differ. */
  readonly onDidChangeModels: vscode.Event<void>;
  readonly modelsChanged: () => void;
}
