// Compiles src/audio/kernels/*.as.ts (AssemblyScript) into the *.wasm.ts modules beside them. Those are checked in, so that
// neither building nor running Earshot needs the compiler; a test says when they are out of date.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { root } from './lib/paths.mjs';

const folder = 'src/audio/kernels';

/**
 * Every kernel as the path of its module, from the root, and the text that belongs there.
 * @returns {Promise<{ path: string; text: string }[]>}
 */
export async function compileKernels() {
  const sources = readdirSync(join(root, folder)).filter((name) => name.endsWith('.as.ts'));
  const kernels = [];
  for (const name of sources.sort()) {
    const wasm = await compile(`${folder}/${name}`);
    kernels.push({ path: `${folder}/${name.replace('.as.ts', '.wasm.ts')}`, text: moduleText(name, wasm) });
  }
  return kernels;
}

/**
 * @param {string} path
 * @returns {Promise<Uint8Array>}
 */
async function compile(path) {
  const written = new Map();
  const options = ['-O3', '--runtime', 'stub', '--enable', 'simd', '--noAssert', '--importMemory'];
  const { error, stderr } = await asc.main([path, ...options, '--baseDir', root, '--outFile', 'kernel.wasm'], {
    writeFile: (name, contents) => void written.set(name, contents),
  });
  if (error !== null) throw new Error(`${path}: ${error.message}\n${stderr.toString()}`);
  return written.get('kernel.wasm');
}

/**
 * @param {string} source
 * @param {Uint8Array} wasm
 */
function moduleText(source, wasm) {
  const lines =
    Buffer.from(wasm)
      .toString('base64')
      .match(/.{1,112}/g) ?? [];
  return `// Made from ${source} by \`node scripts/kernels.mjs\`: ${wasm.byteLength} bytes of WebAssembly.\nexport const wasmBase64 =\n${lines.map((line) => `  '${line}'`).join(' +\n')};\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { path, text } of await compileKernels()) {
    writeFileSync(join(root, path), text);
    console.log(path);
  }
}
