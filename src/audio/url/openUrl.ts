import { throwIfCancelled } from '../../core/errors.js';
import type { ByteSource } from '../byteSource.js';
import { sourceFromBytes } from '../byteSource.js';
import { isDataUrl, readDataUrl } from './dataUrl.js';
import { RangedBlocks } from './rangedBlocks.js';
import { refused, requestUrl, tooLarge } from './urlRequest.js';
import type { UrlAccess, UrlAddress, UrlAnswer } from './urlRequest.js';

/** What a server that cannot send parts may send as a whole, or an address may hold, which is then held in memory. */
export const wholeByteLimit = 256 << 20;
/** Of a kept source: after this it is asked for anew, since it may have changed. */
const keptMilliseconds = 60_000;
/** Enough to tell what it is. */
const firstByteLength = 1 << 16;

/**
 * Opens recordings on web servers, and those that stand in a `data:` URL: read by ranges where the server can send parts, else as a whole up to `wholeByteLimit`.
 * The last one stays open for a while, since it is mostly looked at several times in a row.
 */
export function createUrlOpener(access: UrlAccess): (address: UrlAddress, signal?: AbortSignal) => Promise<ByteSource> {
  let kept: { readonly address: UrlAddress; readonly source: ByteSource; usedAt: number } | undefined;
  return async (address, signal) => {
    const isSame = kept?.address.url === address.url && kept.address.allowsPrivate === address.allowsPrivate;
    if (kept === undefined || !isSame || Date.now() - kept.usedAt > keptMilliseconds) {
      kept = undefined;
      kept = { address, source: await openUrl(address, access, signal), usedAt: 0 };
    }
    const { source } = kept;
    kept.usedAt = Date.now();
    // Nothing is held but memory: whoever closes it lets go of no more than their own use of it.
    return { ...source, name: address.name, close: () => Promise.resolve() };
  };
}

async function openUrl(address: UrlAddress, access: UrlAccess, signal: AbortSignal | undefined): Promise<ByteSource> {
  throwIfCancelled(signal);
  // Only as the address that was given: a server cannot lead there.
  if (isDataUrl(address.url)) {
    return sourceFromBytes(address.name, readDataUrl(address.name, address.url, wholeByteLimit));
  }
  const range = `bytes=0-${firstByteLength - 1}`;
  const answer = await requestUrl(address, { ...plainBytes, range }, access, signal);
  const { status, headers } = answer.response;
  const total = totalOf(headers.get('content-range'));
  const isPlain = (headers.get('content-encoding') ?? 'identity') === 'identity';
  if (status === 206 && total !== undefined && isPlain) {
    const first = await answer.read(firstByteLength);
    const validator = validatorOf(headers);
    const blocks = new RangedBlocks(address, { byteLength: total, validator, first }, access);
    return {
      name: address.name,
      byteLength: total,
      read: (start, end, readSignal) => blocks.read(start, end, readSignal),
      close: () => Promise.resolve(),
    };
  }
  if (status === 200) return sourceFromBytes(address.name, await readWhole(address, answer));
  answer.discard();
  if (status === 416 && total === 0) return sourceFromBytes(address.name, new Uint8Array(0));
  if (status === 206 || status === 416) {
    const whole = await requestUrl(address, plainBytes, access, signal);
    if (whole.response.status === 200) return sourceFromBytes(address.name, await readWhole(address, whole));
    whole.discard();
    throw refused(address.name, whole.response.status);
  }
  throw refused(address.name, status);
}

/** What is compressed on the way has no ranges. */
const plainBytes = { 'accept-encoding': 'identity', accept: 'audio/*, video/*;q=0.9, */*;q=0.5' };

function readWhole({ name }: UrlAddress, answer: UrlAnswer): Promise<Uint8Array> {
  if (Number(answer.response.headers.get('content-length') ?? 0) > wholeByteLimit) {
    answer.discard();
    throw tooLarge(name, wholeByteLimit);
  }
  return answer.read(wholeByteLimit);
}

/** `bytes 0-65535/1234567` */
function totalOf(contentRange: string | null): number | undefined {
  const total = /^bytes (?:\d+-\d+|\*)\/(\d+)$/.exec(contentRange ?? '')?.[1];
  return total === undefined ? undefined : Number(total);
}

/** What tells one version of a file from another. A weak tag does not. */
function validatorOf(headers: Headers): string | undefined {
  const tag = headers.get('etag');
  return tag !== null && !tag.startsWith('W/') ? tag : (headers.get('last-modified') ?? undefined);
}
