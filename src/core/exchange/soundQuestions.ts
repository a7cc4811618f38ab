/** What an answer should rest on, where there is a choice. */
export interface Basis {
  readonly needs: 'sound' | 'words';
  /** The user said so and is to have it, whatever it costs. */
  readonly isForced: boolean;
  /** The question without what says so. */
  readonly prompt: string;
}

/** What the buttons put in front of a question to have it answered the other way. */
export const forced = {
  sound: 'Listen to the audio: ',
  words: 'Use the transcript: ',
} as const;

/** Beginnings of words that ask for what no transcript holds: voices, feelings, music, noises, the quality of the sound. */
// prettier-ignore
const soundWords = {
  english: [
    'tone', 'voice', 'sound', 'music', 'nois', 'accent', 'laugh', 'cry', 'cries', 'shout', 'scream', 'whisper', 'emotion', 'mood', 'angry', 'anger', 'nervous', 'sarcas', 'ironic', 'irony', 'pitch', 'loud', 'background', 'singing', 'sings', 'song', 'melody', 'instrument', 'pronounc', 'pronunciat', 'intonation', 'stutter', 'hesita', 'dialect', 'applau', 'barking', 'siren', 'footstep', 'echo', 'audio quality', 'volume', 'tempo', 'rhythm', 'breath', 'cough', 'sigh', 'listen', 'man or', 'woman or', 'male or', 'female or', 'gender', 'how old',
  ],
  german: [
    'ton', 'tonfall', 'stimm', 'klang', 'kling', 'musik', 'geräusch', 'rausch', 'akzent', 'lach', 'wein', 'schrei', 'flüster', 'gefühl', 'wütend', 'nervös', 'sarkas', 'ironi', 'laut', 'hintergrund', 'sing', 'lied', 'melodie', 'aussprach', 'betonung', 'stotter', 'zöger', 'dialekt', 'applaus', 'bellen', 'schritte', 'echo', 'tonqualität', 'lautstärke', 'tempo', 'rhythm', 'husten', 'seufz', 'mann oder', 'frau oder', 'hör dir', 'hör es', 'anhör',
  ],
  french: [
    'ton', 'voix', 'musique', 'bruit', 'accent', 'rire', 'rit', 'pleur', 'crie', 'chuchot', 'émotion', 'humeur', 'colère', 'nerveu', 'sarcas', 'ironi', 'fort', 'arrière-plan', 'chant', 'mélodie', 'prononc', 'intonation', 'bégay', 'hésit', 'applaudi', 'sirène', 'qualité du son', 'volume', 'rythme', 'tousse', 'soupir', 'écoute',
  ],
  spanish: [
    'tono', 'voz', 'voces', 'música', 'ruido', 'acento', 'ríe', 'risa', 'llora', 'grita', 'susurr', 'emoci', 'enfadad', 'nervios', 'sarcas', 'fondo', 'canta', 'canción', 'melod', 'pronunci', 'entonaci', 'tartamud', 'aplaus', 'sirena', 'calidad del', 'volumen', 'ritmo', 'tose', 'suspir', 'escucha', 'suena',
  ],
  italian: ['tono', 'voce', 'voci', 'musica', 'rumor', 'accento', 'ride', 'risat', 'piang', 'grida', 'sussurr', 'emozion', 'arrabbiat', 'sottofondo', 'canta', 'canzon', 'pronunci', 'ascolta', 'suono'],
  portuguese: ['tom', 'voz', 'vozes', 'música', 'ruído', 'barulho', 'sotaque', 'ri', 'risad', 'chora', 'grita', 'sussurr', 'emoç', 'fundo', 'canta', 'canção', 'pronúnci', 'escute', 'ouça', 'som'],
  dutch: ['toon', 'stem', 'stemmen', 'muziek', 'geluid', 'lawaai', 'lach', 'huil', 'schreeuw', 'fluister', 'emotie', 'boos', 'achtergrond', 'zing', 'liedje', 'uitspraak', 'luister', 'klink'],
  polish: ['ton', 'głos', 'muzyk', 'hałas', 'szum', 'akcent', 'śmiej', 'śmiech', 'płacz', 'krzycz', 'szept', 'emocj', 'w tle', 'śpiew', 'piosenk', 'posłuchaj', 'brzmi'],
  russian: ['тон', 'голос', 'музык', 'шум', 'акцент', 'сме', 'плач', 'крич', 'шёпот', 'шепот', 'эмоци', 'фон', 'поёт', 'поет', 'песн', 'послушай', 'звуч', 'звук'],
} as const satisfies Record<string, readonly string[]>;

/** Short ones of these are whole words, or "wein" would be heard in "weinberg". */
// prettier-ignore
const wholeWords = new Set([
  'ton', 'tom', 'som', 'ri', 'rit', 'ride', 'fort', 'wein', 'cry', 'tone', 'fon', 'фон', 'тон', 'stem', 'laut', 'lied', 'sing', 'crie', 'fondo', 'fundo', 'tose', 'sound', 'accent', 'toon',
]);

/** Of languages that write no spaces. */
// prettier-ignore
const unspacedWords = [
  '语气', '語氣', '声音', '聲音', '音乐', '音樂', '噪音', '噪声', '口音', '笑', '哭', '情绪', '情緒', '背景', '唱', '口調', '声', '音楽', '雑音', '泣', '感情', '歌', '聞いて', '목소리', '음악', '소음', '어조', '말투', '웃', '감정', '배경', '노래',
] as const;

/** Who speaks of the transcript wants its words, whatever else is in the question. */
// prettier-ignore
const wordWords = [
  'transcript', 'transkript', 'transcripción', 'transcrição', 'transcription', 'trascrizion', 'wording', 'word for word', 'wortlaut', 'wörtlich', 'mot à mot', 'palabra por palabra', 'sounds like they agree', 'sound right', 'транскрип',
] as const;

const startOfWord = String.raw`(?<![\p{L}\p{N}])`;
const spelt = Object.values(soundWords)
  .flat()
  .map((word) => (wholeWords.has(word) ? String.raw`${word}(?:s|e|es)?(?![\p{L}\p{N}])` : word));
const soundPattern = new RegExp(`${startOfWord}(?:${spelt.join('|')})|${unspacedWords.join('|')}`, 'iu');
const wordPattern = new RegExp(`${startOfWord}(?:${wordWords.join('|')})`, 'iu');

/** Whether a question asks for what is said or for how it sounds. In doubt for what is said: the answer offers the other way. */
export function basisOf(question: string): Basis {
  for (const needs of ['sound', 'words'] as const) {
    if (question.startsWith(forced[needs])) {
      return { needs, isForced: true, prompt: question.slice(forced[needs].length) };
    }
  }
  const needs = !wordPattern.test(question) && soundPattern.test(question) ? 'sound' : 'words';
  return { needs, isForced: false, prompt: question };
}
