import { EarshotError, type ErrorReason } from '../core/errors.js';
import { parseAddress, type Address } from './address.js';
import type { KeyHeader } from './exchange.js';
import type { Asked } from './failure.js';
import type { Provider, ProviderContext } from './provider.js';
import type { ProviderSettings } from './providerSettings.js';
import { secretsIn } from './redact.js';
import type { Call } from './wireCall.js';

/** What a request is about, for the words about its failure. */
export type About = Partial<Pick<Asked, 'model' | 'fileName' | 'orElse'>>;

export interface EndpointTraits {
  readonly baseUrl: string;
  readonly needsKey: boolean;
  /** What is spoken there, for people: `the Ollama API`. */
  readonly api?: string;
  readonly keyHeader?: KeyHeader;
  readonly passHeaders?: readonly string[];
  /** What people put behind the base URL because others want it there, such as `/v1`; taken off. */
  readonly extraPath?: RegExp;
}

/** A configured server: where it is, what it is sent beside the request, and whom an error is about. */
export interface Endpoint {
  readonly label: string;
  readonly address: Address;
  readonly keyRequired: boolean;
  readonly getKey: () => Promise<string | undefined>;
  /** Where requests go, for whoever decides whether they may. */
  readonly destination: NonNullable<Provider['destination']>;
  /** @throws EarshotError `insecure-address` unless the address may be used: every call passes here. */
  readonly checkAddress: () => void;
  /** A call with this key, which may not be the one that is kept. @throws EarshotError `insecure-address` */
  readonly prepare: (key: string | undefined, about: About) => Call;
  /** A call with the key that is kept. @throws EarshotError `missing-key`, `insecure-address` */
  readonly callAbout: (about: About) => Promise<Call>;
  readonly refuse: (reason: ErrorReason, message: string) => EarshotError;
}

function withoutPath(address: Address, path: RegExp): Address {
  const display = address.display.replace(path, '');
  return { ...address, display, baseUrl: display + address.baseUrl.slice(address.display.length) };
}

/** @throws EarshotError `invalid-settings` */
export function openEndpoint(
  name: string,
  settings: ProviderSettings,
  traits: EndpointTraits,
  context: ProviderContext,
): Endpoint {
  const label = settings.label ?? name;
  const parsed = parseAddress(settings.baseUrl ?? traits.baseUrl, name);
  const address = traits.extraPath === undefined ? parsed : withoutPath(parsed, traits.extraPath);
  const headers = settings.headers ?? {};
  const brings = Object.keys(headers).some((header) =>
    /^(?:authorization|x-goog-api-key|(?:x-)?api-key)$/i.test(header),
  );
  const keyRequired = traits.needsKey && !brings;
  const secrets = secretsIn([...Object.values(headers), ...address.queryValues]);
  secrets.forEach(context.addSecret);
  const getKey = (): Promise<string | undefined> => context.getKey(name, address.origin);

  const refuse = (reason: ErrorReason, message: string): EarshotError =>
    new EarshotError(reason, message, { provider: name });

  const checkAddress = (): void => {
    if (!address.isUnencrypted || context.allowsUnencrypted?.(name, address.origin) === true) return;
    throw refuse(
      'insecure-address',
      `${label} is at ${address.display}, which is not encrypted: everyone on the way could read recordings and keys. Use https://, a tunnel to a port of this machine, or Allow Unencrypted Server, which asks you once.`,
    );
  };

  const call = (key: string | undefined, about: About): Call => ({
    baseUrl: address.baseUrl,
    fetch: context.fetch,
    log: context.log,
    key,
    ...(traits.keyHeader === undefined ? {} : { keyHeader: traits.keyHeader }),
    ...(traits.passHeaders === undefined ? {} : { passHeaders: traits.passHeaders }),
    headers,
    asked: {
      provider: name,
      label,
      address: address.display,
      ...(traits.api === undefined ? {} : { api: traits.api }),
      sentKey: key !== undefined || brings,
      secrets: [...(key === undefined ? [] : [key]), ...secrets],
      ...about,
    },
  });

  const prepare = (key: string | undefined, about: About): Call => {
    checkAddress();
    return call(key, about);
  };

  const { origin, isLoopback, isUnencrypted } = address;
  return {
    label,
    address,
    destination: { origin, isLoopback, ...(isUnencrypted ? { isUnencrypted } : {}) },
    keyRequired,
    getKey,
    checkAddress,
    prepare,
    refuse,
    callAbout: async (about) => {
      const key = await getKey();
      if (key === undefined && keyRequired) {
        throw refuse('missing-key', `${label} asks for an API key, and none is set. Set one with Set API Key.`);
      }
      return prepare(key, about);
    },
  };
}
