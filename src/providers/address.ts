import { EarshotError } from '../core/errors.js';

export interface Address {
  /** Path without a slash at the end; a query stays, and goes with every request. */
  readonly baseUrl: string;
  /** What a key is kept for. */
  readonly origin: string;
  /** For people: no query, no credentials. */
  readonly display: string;
  /** Values of the query, any of which may be a key. */
  readonly queryValues: readonly string[];
  readonly isLoopback: boolean;
  /** What is sent there can be read and changed by everyone on the way. */
  readonly isUnencrypted: boolean;
}

/** In a path, as a URL writes `{model}`: here the model's id belongs, as with Azure's deployments. */
const modelPlace = /%7B(?:model|deployment)%7D/i;

/** Whether the address is another one for each model, so that it cannot be asked what it serves. */
export function isPerModel(baseUrl: string): boolean {
  return modelPlace.test(baseUrl);
}

/** The address at which this model is; without a model, what lies above all of them. */
export function addressOfModel(baseUrl: string, model: string | undefined): string {
  return model === undefined
    ? baseUrl.replace(/\/[^/?]*\/%7B(?:model|deployment)%7D[^?]*/i, '')
    : baseUrl.replace(modelPlace, encodeURIComponent(model));
}

/** What lies beside `/v1`, where servers keep what OpenAI's API does not have. */
export function addressOfRoot(baseUrl: string): string {
  return baseUrl.replace(/\/v1(?=\?|$)/, '');
}

function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** @throws EarshotError `invalid-settings` */
export function parseAddress(baseUrl: string, provider: string): Address {
  const where = `The base URL of the provider "${provider}" in the setting earshot.providers`;
  let url: URL;
  try {
    url = new URL(baseUrl.trim());
  } catch {
    throw new EarshotError(
      'invalid-settings',
      `${where} is not a URL: "${baseUrl}". Write it in full, for example "http://127.0.0.1:8000/v1".`,
      { provider },
    );
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new EarshotError('invalid-settings', `${where} must begin with https:// or http://.`, { provider });
  }
  if (url.username !== '' || url.password !== '') {
    throw new EarshotError(
      'invalid-settings',
      `${where} holds a user name or password. Take it out, and use Set API Key, which keeps it in the secret store.`,
      { provider },
    );
  }
  const isLoopback = isLoopbackHost(url.hostname);
  const path = `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  const display = path.replaceAll(/%7B|%7D/gi, (brace) => (brace.toUpperCase() === '%7B' ? '{' : '}'));
  return {
    baseUrl: `${path}${url.search}`,
    origin: url.origin,
    display,
    queryValues: [...url.searchParams.values()],
    isLoopback,
    isUnencrypted: url.protocol === 'http:' && !isLoopback,
  };
}
