import { toEarshotError, type EarshotError } from '../core/errors.js';
import { anthropicProvider } from './anthropicProvider.js';
import { commandProvider } from './command/commandProvider.js';
import { geminiProvider } from './geminiProvider.js';
import { ollamaProvider } from './ollamaProvider.js';
import { openaiProvider } from './openaiProvider.js';
import type { OpenaiWireVendor } from './openaiWireVendor.js';
import { presets, presetsOf } from './presets.js';
import type { Provider, ProviderContext } from './provider.js';
import type { ProviderKind, ProviderSettings } from './providerSettings.js';
import { readProviderSettings } from './readProviderSettings.js';
import { geminiVendor } from './vendors/gemini.js';
import { anthropicVendor } from './vendors/anthropic.js';
import { ollamaVendor } from './vendors/ollama.js';
import { openaiVendor } from './vendors/openai.js';
import { compatibleVendors, openaiCompatibleVendor } from './vendors/openaiCompatible.js';
import { programRows } from './vendors/programs.js';

type Vendors = Readonly<Record<string, OpenaiWireVendor>>;
type MakeProvider = (name: string, settings: ProviderSettings, context: ProviderContext, vendors: Vendors) => Provider;

/** Whose ways a server has: as the entry or its preset says, else as its address tells. */
function vendorOf({ vendor, baseUrl }: ProviderSettings, vendors: Vendors): OpenaiWireVendor {
  const named = vendor === undefined ? undefined : vendors[vendor];
  if (named !== undefined) return named;
  if (baseUrl === undefined || !URL.canParse(baseUrl)) return openaiCompatibleVendor;
  const { origin, hostname } = new URL(baseUrl);
  const isThere = ({ baseUrl: usual, mayBeAbsent, hosts }: OpenaiWireVendor): boolean =>
    hosts?.test(hostname) === true || (usual !== undefined && mayBeAbsent !== true && new URL(usual).origin === origin);
  return Object.values(vendors).find(isThere) ?? openaiCompatibleVendor;
}

const makers: Readonly<Record<ProviderKind, MakeProvider>> = {
  openai: (name, settings, context) => openaiProvider(name, settings, openaiVendor, context),
  gemini: (name, settings, context) => geminiProvider(name, settings, geminiVendor, context),
  anthropic: (name, settings, context) => anthropicProvider(name, settings, anthropicVendor, context),
  ollama: (name, settings, context) => ollamaProvider(name, settings, ollamaVendor, context),
  'openai-compatible': (name, settings, context, vendors) =>
    openaiProvider(name, settings, vendorOf(settings, vendors), context),
  command: (name, settings, context) => commandProvider(name, settings, programRows, context),
};

export interface ProviderProblem {
  /** The entry concerned. */
  readonly name: string;
  readonly error: EarshotError;
}

export interface Providers {
  /**
   * The user's own entries in the order in which they stand in the settings, then the presets in the order of their table.
   * `auto` takes the first that is ready.
   */
  readonly providers: readonly Provider[];
  /** Entries that cannot be used; the others work all the same. A provider that fails with the same reason stands for each. */
  readonly problems: readonly ProviderProblem[];
}

/**
 * Stands where an entry stands that cannot be used, so that its reason is shown wherever providers are, and `auto` does not
 * pass it over in silence.
 */
function brokenProvider(name: string, problem: EarshotError): Provider {
  const fail = (): Promise<never> => Promise.reject(problem);
  return { name, label: name, isLocal: false, readiness: fail, models: fail, knownModels: () => [], model: fail };
}

/**
 * @param settings The setting `earshot.providers` as it is, which may hold anything.
 * @param vendors The servers that are known by name; another entry is another preset.
 */
export function createProviders(
  settings: Readonly<Record<string, unknown>>,
  context: ProviderContext,
  vendors: Vendors = compatibleVendors,
): Providers {
  const known = { ...presets, ...presetsOf(vendors) };
  const providers: Provider[] = [];
  const problems: ProviderProblem[] = [];
  const names = [...Object.keys(settings), ...Object.keys(known).filter((name) => !Object.hasOwn(settings, name))];
  for (const name of names) {
    try {
      const preset = Object.hasOwn(known, name) ? known[name] : undefined;
      const isPresetOnly = !Object.hasOwn(settings, name);
      const read = { ...readProviderSettings(name, settings[name], preset), isPresetOnly };
      providers.push(makers[read.kind](name, read, context, vendors));
    } catch (error) {
      const problem = toEarshotError(error);
      problems.push({ name, error: problem });
      providers.push(brokenProvider(name, problem));
    }
  }
  return { providers, problems };
}
