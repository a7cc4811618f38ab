import * as vscode from 'vscode';
import type { UrlAddress } from '../audio/url/urlRequest.js';

/**
 * Recordings at addresses, as Uris of a scheme of our own: VS Code decodes and encodes addresses of the web anew, and a
 * signed one is then another one.
 */
const scheme = 'earshot-url';

/** A recording on a web server (`https:`), or one that stands in its address (`data:`). */
export function urlClip(address: string): vscode.Uri {
  const isData = address.startsWith('data:');
  const type = /^data:(?:audio|video)\/(?:x-)?([\w-]+)/i.exec(address)?.[1] ?? 'audio';
  const name = isData ? `pasted.${type}` : nameOf(address);
  return vscode.Uri.from({ scheme, path: `/${name}`, query: address });
}

function nameOf(address: string): string {
  const { pathname, hostname } = new URL(address);
  const last = pathname.slice(pathname.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(last) || hostname;
  } catch {
    // A stray percent sign.
    return last;
  }
}

/** What the engine asks; undefined for a Uri of any other kind. */
export function urlAddressOf(uri: vscode.Uri): UrlAddress | undefined {
  if (uri.scheme !== scheme) return undefined;
  return { name: uri.path.slice(1), url: uri.query };
}

const addresses = /\bhttps:\/\/[^\s<>"'`)\]]+|\bdata:(?:audio|video)\/[\w.+-]+(?:;[\w=.+-]+)*,[\w+/=%-]+/gi;

/** Addresses in a text, without the full stop or comma behind them. */
export function addressesIn(text: string): readonly string[] {
  return [...text.matchAll(addresses)]
    .map(([address]) => address.replace(/[.,;:!?]+$/, ''))
    .filter((address) => address.startsWith('data:') || URL.canParse(address));
}
