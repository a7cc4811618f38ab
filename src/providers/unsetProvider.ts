import { EarshotError } from '../core/errors.js';
import type { Provider } from './provider.js';

/** Stands where nothing can be asked until the user says more; it is listed with what is missing, and holds up nobody. */
export function unsetProvider(name: string, label: string, detail: string): Provider {
  const fail = (): Promise<never> => Promise.reject(new EarshotError('invalid-settings', detail, { provider: name }));
  return {
    name,
    label,
    isLocal: false,
    isOptional: true,
    readiness: () => Promise.resolve({ state: 'not-set-up', detail }),
    models: fail,
    knownModels: () => [],
    model: fail,
  };
}
