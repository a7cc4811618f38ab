/** What looks like a key, whoever issued it. Prefixes of vendors are facts about keys, not about who is asked. */
const keyLike: readonly [RegExp, string][] = [
  [/\b(?:bearer|basic)\s+[\w.~+/=*-]{6,}/gi, '[key]'],
  [/\b(?:sk|pk|rk|gsk|hf|xai|AIza)[-_*]?[\w*-]{8,}/g, '[key]'],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, '[key]'],
  [/((?:api[-_ ]?key|token|secret|password)["']?\s*[:=]\s*["']?)[^\s"',}&]{6,}/gi, '$1[key]'],
  [/[A-Za-z0-9+/]{120,}={0,2}/g, '[data]'],
];

/** Shorter texts are words of everyday, and taking those out would make a log unreadable. */
const shortestSecret = 8;

/** Values that may be secret, such as `Token 7f3ae9…`, and the parts of each, for a server may repeat the part alone. */
export function secretsIn(values: readonly string[]): readonly string[] {
  const parts = values.flatMap((value) => [value.trim(), ...value.split(/[\s=,;:"']+/)]);
  return [...new Set(parts)].filter((part) => part.length >= shortestSecret);
}

/**
 * Takes out the secrets that are known, then whatever looks like one, then long runs of base64, which may be the recording.
 * Everything that another side sent passes through here before it can reach a message or the log.
 */
export function redact(value: string, secrets: readonly string[] = []): string {
  let clean = value;
  // A secret that is a part of another one must not break it up and leave the rest.
  for (const secret of secrets.toSorted((left, right) => right.length - left.length)) {
    if (secret.length >= 4) clean = clean.replaceAll(secret, '[key]');
  }
  for (const [pattern, replacement] of keyLike) clean = clean.replaceAll(pattern, replacement);
  return clean;
}

/** One line of at most so many characters, for the end of a message. */
export function trimText(value: string, maxCharacters = 300): string {
  const line = value
    // eslint-disable-next-line no-control-regex -- other people's text must not steer a terminal
    .replaceAll(/[\s\u0000-\u001f\u007f]+/g, ' ')
    .trim();
  return line.length <= maxCharacters ? line : `${line.slice(0, maxCharacters - 1)}…`;
}
