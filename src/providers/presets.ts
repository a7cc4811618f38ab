import type { OpenaiWireVendor } from './openaiWireVendor.js';
import type { ProviderSettings } from './providerSettings.js';
import { compatibleVendors } from './vendors/openaiCompatible.js';

type Presets = Readonly<Record<string, ProviderSettings>>;

/** One for each server of the table. */
export function presetsOf(vendors: Readonly<Record<string, OpenaiWireVendor>>): Presets {
  const entries = Object.entries(vendors).map(([name, { label }]): [string, ProviderSettings] => [
    name,
    { kind: 'openai-compatible', label, vendor: name },
  ]);
  return Object.fromEntries(entries);
}

/** Providers that need no entry in the settings, in the order of `auto`: what the user has paid for, then what is on the machine. */
export const presets: Presets = {
  openai: { kind: 'openai', label: 'OpenAI' },
  gemini: { kind: 'gemini', label: 'Gemini' },
  anthropic: { kind: 'anthropic', label: 'Anthropic' },
  ollama: { kind: 'ollama', label: 'Ollama' },
  ...presetsOf(compatibleVendors),
  command: { kind: 'command', label: 'Speech programs on this machine' },
};
