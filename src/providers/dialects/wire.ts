/** Reading what another side sent: every shape is checked, nothing is believed. */

export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function recordAt(value: unknown, key: string): JsonRecord | undefined {
  const found = isRecord(value) ? value[key] : undefined;
  return isRecord(found) ? found : undefined;
}

export function listAt(value: unknown, key: string): readonly unknown[] | undefined {
  const found = isRecord(value) ? value[key] : undefined;
  return Array.isArray(found) ? (found as readonly unknown[]) : undefined;
}

export function stringAt(value: unknown, key: string): string | undefined {
  const found = isRecord(value) ? value[key] : undefined;
  return typeof found === 'string' ? found : undefined;
}

/** Finite numbers only; some servers write them as strings. */
export function numberAt(value: unknown, key: string): number | undefined {
  const found = isRecord(value) ? value[key] : undefined;
  const number = typeof found === 'string' && found.trim() !== '' ? Number(found) : found;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** Leaves out what is not known, as `exactOptionalPropertyTypes` wants it. */
export function known<T extends Record<string, unknown>>(
  values: T,
): { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};
export function known(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Everything that can go wrong between us and a server, before it is put into words. */
export type Failure =
  /** The server answered with an error, also when it did so inside a 200 (`status` then is what the body says, or 200). */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly contentType: string;
      readonly body: string;
      readonly retryAfterSeconds?: number;
      readonly location?: string;
    }
  /** No answer, or the connection broke. Codes are those of Node and undici, from the error and its causes. */
  | { readonly kind: 'transport'; readonly codes: readonly string[]; readonly text: string; readonly timedOut: boolean }
  | { readonly kind: 'web-page' }
  /** `missing` names what a whole answer would have had. */
  | { readonly kind: 'malformed'; readonly missing: string }
  | { readonly kind: 'cut-off' }
  | { readonly kind: 'refusal'; readonly text: string };

/** Carries a failure out of a dialect; the adapter, which knows whom it asked, puts it into words. */
export class Failed extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.kind);
    this.name = 'Failed';
    this.failure = failure;
  }
}

/** Throws when a body that came with a 200 is an error all the same. */
export function refuseErrorBody(body: unknown): void {
  if (!isRecord(body)) return;
  const error = body['error'];
  if (error === undefined || error === null || error === false) return;
  throw new Failed(inBandFailure(error));
}

/** @param error What stood under `error`: an object, or with some servers a string. */
export function inBandFailure(error: unknown): Failure {
  const code = numberAt(error, 'code') ?? numberAt(error, 'status');
  const status = code !== undefined && code >= 400 && code < 600 ? code : 200;
  return { kind: 'status', status, contentType: 'application/json', body: JSON.stringify({ error }) };
}
