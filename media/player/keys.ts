/** What a key does in the player. */
export type KeyAction =
  | { readonly kind: 'play-or-pause' }
  | { readonly kind: 'seek-by'; readonly seconds: number }
  | { readonly kind: 'seek-to'; readonly share: 0 | 1 }
  | { readonly kind: 'go-to-cue'; readonly which: 'previous' | 'next' }
  | { readonly kind: 'faster-by'; readonly steps: 1 | -1 };

/** Keys as people know them from editors of sound and from players on the web. */
const actions: Readonly<Record<string, KeyAction>> = {
  ' ': { kind: 'play-or-pause' },
  k: { kind: 'play-or-pause' },
  j: { kind: 'seek-by', seconds: -10 },
  l: { kind: 'seek-by', seconds: 10 },
  ArrowLeft: { kind: 'seek-by', seconds: -5 },
  ArrowRight: { kind: 'seek-by', seconds: 5 },
  ',': { kind: 'go-to-cue', which: 'previous' },
  '.': { kind: 'go-to-cue', which: 'next' },
  Home: { kind: 'seek-to', share: 0 },
  End: { kind: 'seek-to', share: 1 },
  '[': { kind: 'faster-by', steps: -1 },
  ']': { kind: 'faster-by', steps: 1 },
};

interface Pressed {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/** Undefined where the key is VS Code's or the browser's own. */
export function keyAction({ key, ctrlKey, altKey, metaKey }: Pressed): KeyAction | undefined {
  if (ctrlKey || altKey || metaKey) return undefined;
  const name = key.length === 1 ? key.toLowerCase() : key;
  return Object.hasOwn(actions, name) ? actions[name] : undefined;
}
