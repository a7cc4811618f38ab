/**
 * Takes out of a text what a log must never hold: keys that are known, what looks like a key, and audio.
 * Known keys go first, so that a key of any shape is caught.
 */
export function createRedactor(): {
  readonly redact: (text: string) => string;
  readonly addSecret: (secret: string) => void;
} {
  const secrets = new Set<string>();
  return {
    addSecret: (secret) => {
      // A very short secret would blank out ordinary words.
      if (secret.length >= 4) secrets.add(secret);
    },
    redact: (text) => {
      let clean = text;
      // The longest first: a part of a longer one must not break it up.
      for (const secret of [...secrets].sort((left, right) => right.length - left.length)) {
        clean = clean.replaceAll(secret, '[key]').replaceAll(encodeURIComponent(secret), '[key]');
        // Servers echo keys in part, such as `sk-pr*****abcd`.
        if (secret.length > 12) clean = clean.replaceAll(secret.slice(0, 12), '[key]');
      }
      return clean
        .replaceAll(/\b(Bearer|Basic)\s+[\w.~+/=-]{4,}/gi, '$1 [key]')
        .replaceAll(/\b(?:sk|pk|gsk|hf|xai|AIza|r8)[-_][\w-]{8,}/g, '[key]')
        .replaceAll(/\bAIza[\w-]{20,}/g, '[key]')
        .replaceAll(/\b(api[-_]?key|authorization|x-api-key|token)(["']?\s*[:=]\s*["']?)[^\s"',;}]{4,}/gi, '$1$2[key]')
        .replaceAll(/[A-Za-z0-9+/]{200,}={0,2}/g, (data) => `[${data.length} characters of base64]`);
    },
  };
}
