/** Every id that package.json and the code share. A test compares both, so that neither can drift. */

export const extensionId = 'earshot.earshot';
export const participantId = 'earshot.audio';
export const languageModelVendor = 'earshot';

/** What follows `@audio /` in the chat. */
export const chatCommands = ['transcribe', 'summarize', 'translate', 'extract', 'compare', 'find'] as const;
export type ChatCommand = (typeof chatCommands)[number];

/** The languages of transcripts, each with its file extension as id. */
export const transcriptLanguages = ['vtt', 'srt'] as const;

export const commandIds = {
  ask: 'earshot.ask',
  transcribe: 'earshot.transcribe',
  transcribeFolder: 'earshot.transcribeFolder',
  extract: 'earshot.extract',
  summarize: 'earshot.summarize',
  translate: 'earshot.translate',
  selectModel: 'earshot.selectModel',
  setApiKey: 'earshot.setApiKey',
  clearApiKey: 'earshot.clearApiKey',
  allowUnencrypted: 'earshot.allowUnencrypted',
  showLog: 'earshot.showLog',
  clearCache: 'earshot.clearCache',
  showUsage: 'earshot.showUsage',
  checkProviders: 'earshot.checkProviders',
  exportTranscript: 'earshot.exportTranscript',
  compareTranscripts: 'earshot.compareTranscripts',
  goToTime: 'earshot.goToTime',
  shiftTimes: 'earshot.shiftTimes',
  scaleTimes: 'earshot.scaleTimes',
  splitCue: 'earshot.splitCue',
  mergeCues: 'earshot.mergeCues',
  retranscribePart: 'earshot.retranscribePart',
  play: 'earshot.play',
  playFromCaret: 'earshot.playFromCaret',
  playOrPause: 'earshot.playOrPause',
  askAboutPart: 'earshot.askAboutPart',
  playEvidence: 'earshot.playEvidence',
  saveAnswer: 'earshot.saveAnswer',
} as const;

/** The tools that other models can call. */
export const toolNames = {
  transcribe: 'earshot_transcribe',
  ask: 'earshot_ask',
  extract: 'earshot_extract',
  find: 'earshot_find',
  speak: 'earshot_speak',
} as const;

export const viewIds = { player: 'earshot.player' } as const;

export const settingKeys = {
  model: 'earshot.model',
  transcriptionModel: 'earshot.transcription.model',
  speechModel: 'earshot.speech.model',
  transcriptionLanguage: 'earshot.transcription.language',
  transcriptionGlossary: 'earshot.transcription.glossary',
  transcriptionFormat: 'earshot.transcription.format',
  transcriptionSave: 'earshot.transcription.save',
  chatFollowUps: 'earshot.chat.followUps',
  providers: 'earshot.providers',
  ffmpeg: 'earshot.ffmpeg',
  localOnly: 'earshot.privacy.localOnly',
  confirmUpload: 'earshot.privacy.confirmUpload',
  askAbove: 'earshot.budget.askAbove',
  monthlyLimit: 'earshot.budget.monthlyLimit',
  requestConcurrency: 'earshot.requests.concurrency',
  cacheMaxMegabytes: 'earshot.cache.maxMegabytes',
} as const;
