import { EarshotError } from '../../core/errors.js';

export function withoutSound(name: string): EarshotError {
  return new EarshotError('unsupported-media', `${name} has no sound track. Choose a file with sound.`);
}

export function damagedTables(name: string, cause?: unknown): EarshotError {
  return new EarshotError(
    'clip-unreadable',
    `The tables of ${name} that say where its sound lies are damaged or missing. Copy or download it again.`,
    { cause, detail: String(cause) },
  );
}
