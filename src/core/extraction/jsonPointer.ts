import { isJsonObject } from './json.js';

/** RFC 6901. */
export function formatPointer(path: readonly (string | number)[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The steps of a pointer; undefined for what is none. A leading `#`, as in a URI fragment, is passed over. */
export function parsePointer(pointer: string): readonly string[] | undefined {
  const plain = pointer.startsWith('#') ? decodeFragment(pointer.slice(1)) : pointer;
  if (plain === undefined) return undefined;
  if (plain === '') return [];
  if (!plain.startsWith('/')) return undefined;
  return plain
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function decodeFragment(fragment: string): string | undefined {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return undefined;
  }
}

/** What stands at these steps, in a box; undefined when nothing does. */
export function valueAt(root: unknown, path: readonly string[]): { readonly value: unknown } | undefined {
  let value = root;
  for (const step of path) {
    if (Array.isArray(value)) {
      if (!/^(?:0|[1-9]\d*)$/.test(step) || Number(step) >= value.length) return undefined;
      value = value[Number(step)];
    } else if (isJsonObject(value) && Object.hasOwn(value, step)) {
      value = value[step];
    } else {
      return undefined;
    }
  }
  return { value };
}

/** The same value without what stands at these steps; unchanged when nothing does, or when it is an item of an array. */
export function withoutAt(root: unknown, path: readonly string[]): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return root;
  if (Array.isArray(root)) {
    return root.map((item: unknown, index) => (String(index) === step ? withoutAt(item, rest) : item));
  }
  if (!isJsonObject(root) || !Object.hasOwn(root, step)) return root;
  const entries = Object.entries(root);
  return Object.fromEntries(
    rest.length === 0
      ? entries.filter(([key]) => key !== step)
      : entries.map(([key, value]) => [key, key === step ? withoutAt(value, rest) : value]),
  );
}
