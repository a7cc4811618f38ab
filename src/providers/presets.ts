import type { ProviderSettings } from './providerSettings.js';

/** Providers that need no entry in the settings, in the order of `auto`: what the user has paid for, then what is on the machine. */
export const presets: Readonly<Record<string, ProviderSettings>> = {
  openai: { kind: 'openai', label: 'OpenAI' },
  gemini: { kind: 'gemini', label: 'Gemini' },
  anthropic: { kind: 'anthropic', label: 'Anthropic' },
  ollama: { kind: 'ollama', label: 'Ollama' },
  command: { kind: 'command', label: 'Speech programs on this machine' },
};
