import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { sourceFromBytes } from '../audio/byteSource.js';
import { createAudioEngine } from '../audio/createAudioEngine.js';
import type { LoadWasm } from '../audio/encoders/soundEncoder.js';
import type { AudioAsk } from '../audio/workerProtocol.js';
import { serveAudioEngine } from '../audio/workerServer.js';
import { EarshotError } from '../core/errors.js';

/**
 * The entry of the audio worker where there is no Node: a module worker of a browser. It needs `wasm-unsafe-eval` of a
 * content security policy and no more, the files of `replaceable/` beside it, and speaks what `workerProtocol.ts` says.
 */
const scope = globalThis as unknown as {
  postMessage(message: unknown, transfer: readonly ArrayBuffer[]): void;
  addEventListener(type: 'message', listener: (event: { readonly data: AudioAsk }) => void): void;
};

const modules = new Map<string, Promise<WebAssembly.Module>>();
const loadWasm: LoadWasm = (name) => {
  let module = modules.get(name);
  if (module === undefined) {
    module = fetchModule(new URL(`./replaceable/${name}.wasm`, import.meta.url));
    modules.set(name, module);
    // What a lost connection kept away may come the next time.
    module.catch(() => modules.delete(name));
  }
  return module;
};

async function fetchModule(url: URL): Promise<WebAssembly.Module> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.href} was answered with ${response.status}.`);
  return new WebAssembly.Module(new Uint8Array(await response.arrayBuffer()));
}

const engine = createAudioEngine({
  open: (source) =>
    source.kind === 'bytes'
      ? Promise.resolve(sourceFromBytes(source.name, source.bytes))
      : Promise.reject(
          new EarshotError(
            'clip-unreadable',
            `${source.name} lies on a disk, which a browser cannot reach. Open it through the file system of VS Code.`,
          ),
        ),
  createSha256: () => {
    const hash = sha256.create();
    return { update: (bytes) => void hash.update(bytes), digest: () => bytesToHex(hash.digest()) };
  },
  loadWasm,
});

serveAudioEngine(
  {
    postMessage: (answer, transfer) => {
      scope.postMessage(answer, transfer);
    },
    onMessage: (listener) => {
      scope.addEventListener('message', ({ data }) => {
        listener(data);
      });
    },
  },
  engine,
);
