import { toEarshotError, type EarshotError } from '../core/errors.js';
import { commandProvider } from './command/commandProvider.js';
import { openaiProvider } from './openaiProvider.js';
import { presets } from './presets.js';
import type { Provider, ProviderContext } from './provider.js';
import type { ProviderKind, ProviderSettings } from './providerSettings.js';
import { readProviderSettings } from './readProviderSettings.js';
import { openaiVendor } from './vendors/openai.js';
import { openaiCompatibleVendor } from './vendors/openaiCompatible.js';
import { programRows } from './vendors/programs.js';

type MakeProvider = (name: string, settings: ProviderSettings, context: ProviderContext) => Provider;

const makers: Readonly<Record<ProviderKind, MakeProvider>> = {
  openai: (name, settings, context) => openaiProvider(name, settings, openaiVendor, context),
  'openai-compatible': (name, settings, context) => openaiProvider(name, settings, openaiCompatibleVendor, context),
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

/** @param settings The setting `earshot.providers` as it is, which may hold anything. */
export function createProviders(settings: Readonly<Record<string, unknown>>, context: ProviderContext): Providers {
  const providers: Provider[] = [];
  const problems: ProviderProblem[] = [];
  const names = [...Object.keys(settings), ...Object.keys(presets).filter((name) => !Object.hasOwn(settings, name))];
  for (const name of names) {
    try {
      const preset = Object.hasOwn(presets, name) ? presets[name] : undefined;
      const isPresetOnly = !Object.hasOwn(settings, name);
      const read = { ...readProviderSettings(name, settings[name], preset), isPresetOnly };
      providers.push(makers[read.kind](name, read, context));
    } catch (error) {
      const problem = toEarshotError(error);
      problems.push({ name, error: problem });
      providers.push(brokenProvider(name, problem));
    }
  }
  return { providers, problems };
}
