// `npm run package`: builds for production and packs out/earshot.vsix.
import { statSync } from 'node:fs';
import { packageExtension } from './lib/packageExtension.mjs';

try {
  const file = await packageExtension();
  console.log(`${file}: ${statSync(file).size} bytes`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
