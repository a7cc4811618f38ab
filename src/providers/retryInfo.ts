import { isRecord, listAt, recordAt, stringAt } from './dialects/wire.js';

/**
 * Seconds to wait, where a server says so in the body of its error and not in a header: `google.rpc.RetryInfo` among the
 * details, with a `retryDelay` such as `15s`.
 */
export function retryInfoSeconds(body: string): number | undefined {
  if (!body.includes('retryDelay')) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined;
  }
  const holder: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  for (const detail of listAt(recordAt(holder, 'error'), 'details')?.filter(isRecord) ?? []) {
    const match = /^(\d+(?:\.\d+)?)s$/.exec(stringAt(detail, 'retryDelay') ?? '');
    if (match !== null) return Number(match[1]);
  }
  return undefined;
}
