import * as vscode from 'vscode';
import type { EarshotApi } from './api.js';
import { createApi } from './features/api/createApi.js';
import { registerAsk } from './features/ask/register.js';
import { registerCache } from './features/cache/register.js';
import { registerChat } from './features/chat/register.js';
import { registerCompare } from './features/compare/register.js';
import { registerDoctor } from './features/doctor/register.js';
import { registerExport } from './features/export/register.js';
import { registerRetranscribe } from './features/retranscribe/register.js';
import { registerFolder } from './features/folder/register.js';
import { registerExtract } from './features/extract/register.js';
import { registerLog } from './features/log/register.js';
import { registerModels } from './features/models/register.js';
import { registerPlayer } from './features/player/register.js';
import { registerSummarize } from './features/summarize/register.js';
import { registerTools } from './features/tools/register.js';
import { registerTranslate } from './features/translate/register.js';
import { registerUsage } from './features/usage/register.js';
import { registerTranscribe } from './features/transcribe/register.js';
import { createParsedDocuments } from './features/transcripts/parsedDocuments.js';
import { registerTranscripts } from './features/transcripts/register.js';
import { toEarshotError } from './core/errors.js';
import { formatModelRef } from './core/model.js';
import { createWorkerEngine } from './host/audioWorker.js';
import { openClip } from './host/clips.js';
import { createEndNotices } from './host/endNotices.js';
import { createJobJournals } from './host/jobJournals.js';
import { createKeptAnswers } from './host/keptAnswers.js';
import { createKeys } from './host/keys.js';
import { createListening } from './host/listening.js';
import { createLog, type Log } from './host/log.js';
import { nodeFetch } from './host/nodeFetch.js';
import { createReports } from './host/reports.js';
import { createProgramRunner } from './host/programs.js';
import type { Services } from './host/services.js';
import {
  onDidChangeSettings,
  readCacheBytes,
  readFfmpeg,
  readProviderSettings,
  readRequestConcurrency,
  readSpendingRules,
} from './host/settings.js';
import { agreements, confirmSending, unencryptedAddresses } from './host/consent.js';
import { createUsageLog } from './host/usageLog.js';
import { createTranscriptShelf } from './host/transcriptShelf.js';
import type { Provider } from './providers/provider.js';
import { createProviders } from './providers/registry.js';
import type { LastFailure } from './workflows/providerReport.js';
import { createGate } from './workflows/gate.js';
import { createRequestLimits } from './workflows/requestLimits.js';
import { knownModels, surveyProviders } from './workflows/chooseModel.js';

type Feature = () => readonly { dispose(): unknown }[];

/** One broken feature is logged; the others live. */
function register(context: vscode.ExtensionContext, log: Log, features: Readonly<Record<string, Feature>>): void {
  for (const [name, feature] of Object.entries(features)) {
    try {
      context.subscriptions.push(...feature());
    } catch (thrown) {
      const error = toEarshotError(thrown);
      log.warn(`The feature ${name} could not be started.`);
      log.error(error);
    }
  }
}

/** The only place where things are constructed and wired. Loads no SDK and sends nothing. */
export function activate(context: vscode.ExtensionContext): EarshotApi {
  const started = performance.now();
  const log = createLog();
  const keys = createKeys(context.secrets, log.addSecret);
  const unencrypted = unencryptedAddresses(context.globalState);
  const engine = createWorkerEngine({
    workerUrl: new URL('./audioWorker.mjs', import.meta.url),
    ffmpeg: readFfmpeg,
  });
  const programs = createProgramRunner();
  const usageLog = createUsageLog(vscode.Uri.joinPath(context.globalStorageUri, 'usage.jsonl').fsPath);
  const journals = createJobJournals({
    folder: vscode.Uri.joinPath(context.globalStorageUri, 'transcriptions').fsPath,
    maxBytes: readCacheBytes,
    warn: log.warn,
  });
  const answers = createKeptAnswers({
    folder: vscode.Uri.joinPath(context.globalStorageUri, 'answers').fsPath,
    maxBytes: readCacheBytes,
    warn: log.warn,
  });
  const lastFailures = new Map<string, LastFailure>();
  const reports = createReports();
  const gate = createGate({
    rules: readSpendingRules,
    now: () => new Date(),
    entries: usageLog.entries,
    record: usageLog.record,
    failed: (provider, error) => {
      lastFailures.set(provider, { at: new Date(), message: error.message });
    },
    confirm: confirmSending,
    ...agreements(context.globalState),
  });
  const modelsChanged = new vscode.EventEmitter<void>();
  const runsOnRemote =
    vscode.env.remoteName !== undefined && context.extension.extensionKind === vscode.ExtensionKind.Workspace;

  let providers: readonly Provider[] | undefined;
  const currentProviders = (): readonly Provider[] => {
    if (providers === undefined) {
      const made = createProviders(readProviderSettings(), {
        fetch: nodeFetch,
        getKey: keys.get,
        allowsUnencrypted: unencrypted.isAllowed,
        programs,
        log: log.info,
        addSecret: log.addSecret,
      });
      for (const problem of made.problems) log.error(problem.error);
      unencrypted.keepFor(made.providers);
      providers = made.providers.map(gate.guard);
    }
    return providers;
  };

  // What a server listed without a key, or at another address, holds no longer.
  const forgetModels = (): void => {
    providers = undefined;
    modelsChanged.fire();
  };

  const idsKnown = (): string =>
    currentProviders()
      .flatMap((provider) => provider.knownModels().map(({ ref }) => formatModelRef(ref)))
      .join();

  const services: Services = {
    log,
    keys,
    unencrypted,
    engine,
    shelf: createTranscriptShelf(),
    now: () => new Date(),
    permit: gate.permit,
    forbidQuestions: gate.forbidQuestions,
    journals,
    answers,
    requestLimit: createRequestLimits(readRequestConcurrency),
    usageLog,
    lastFailure: (provider) => lastFailures.get(provider),
    noticeEnd: createEndNotices(() => new Date()),
    reports,
    openClip: (uri) => openClip(uri, runsOnRemote),
    providers: currentProviders,
    survey: async (signal) => {
      const asked = currentProviders();
      const before = idsKnown();
      const states = await surveyProviders(asked, signal);
      // Fired afterwards, so that whoever waits for this answer is served first.
      if (idsKnown() !== before)
        queueMicrotask(() => {
          modelsChanged.fire();
        });
      return states;
    },
    knownModels: (signal) => knownModels(currentProviders(), signal),
    onDidChangeModels: modelsChanged.event,
    modelsChanged: forgetModels,
  };

  context.subscriptions.push(
    log,
    engine,
    reports,
    modelsChanged,
    onDidChangeSettings(forgetModels),
    context.secrets.onDidChange(forgetModels),
  );
  const listening = createListening(services);
  const documents = createParsedDocuments();
  register(context, log, {
    log: () => registerLog(services),
    models: () => registerModels(services),
    transcribe: () => registerTranscribe(services),
    folder: () => registerFolder(services),
    transcripts: () => registerTranscripts(services, documents),
    player: () => registerPlayer(services, context, documents),
    retranscribe: () => registerRetranscribe(services),
    ask: () => registerAsk(services),
    summarize: () => registerSummarize(services),
    translate: () => registerTranslate(services, context.globalState),
    cache: () => registerCache(services),
    usage: () => registerUsage(services),
    doctor: () => registerDoctor(services, context.extensionUri),
    compare: () => registerCompare(services),
    export: () => registerExport(services, context.extensionUri),
    extract: () => registerExtract(services, context.extensionUri),
    tools: () => registerTools(listening, services),
    chat: () =>
      registerChat(services, {
        icon: vscode.Uri.joinPath(context.extensionUri, 'media', 'icons', 'earshot.svg'),
        runsOnRemote,
        partsFolder: vscode.Uri.joinPath(context.globalStorageUri, 'parts'),
      }),
  });
  const api = createApi(listening, services);
  performance.measure('earshot.activate', { start: started });
  return api;
}
