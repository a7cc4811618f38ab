/** Reads as much of `.proto` files as is needed to check JSON against their messages. */

export interface ProtoField {
  /** As written: a scalar, or the name of a message or an enumeration. */
  readonly type: string;
  readonly repeated: boolean;
  readonly isMap: boolean;
  /** The `oneof` it belongs to. */
  readonly choice: string | undefined;
}

export interface ProtoTypes {
  /** Fields by their JSON names, by the full name of the message within the package, such as `Schema.Type`. */
  readonly messages: Map<string, Map<string, ProtoField>>;
  readonly enums: Map<string, Set<string>>;
}

function jsonName(name: string): string {
  return name.replace(/^_/, '').replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

const fieldLine = /^(repeated |optional )?(map<\s*\w+\s*,\s*[\w.]+\s*>|[\w.]+) (\w+) = \d+/;

/** Adds what one file defines. */
export function readProto(source: string, types: ProtoTypes): void {
  const plain = source
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\/\/.*$/gm, '')
    .replace(/"(?:[^"\\]|\\.)*"/g, '""');
  /** Open blocks: names of messages and enumerations, `oneof name`, or nothing for what does not matter. */
  const open: { readonly kind: 'message' | 'enum' | 'oneof' | 'other'; readonly name: string }[] = [];
  const path = (): string =>
    open
      .filter(({ kind }) => kind === 'message' || kind === 'enum')
      .map(({ name }) => name)
      .join('.');
  for (const [token] of plain.matchAll(/[^;{}]*[;{}]/g)) {
    const text = token.slice(0, -1).replace(/\s+/g, ' ').trim();
    const mark = token.at(-1);
    if (mark === '}') {
      open.pop();
    } else if (mark === '{') {
      const [, kind, name = ''] = /^(message|enum|oneof) (\w+)$/.exec(text) ?? [];
      if (kind === 'message' || kind === 'enum' || kind === 'oneof') open.push({ kind, name });
      else open.push({ kind: 'other', name: '' });
      if (kind === 'message') types.messages.set(path(), new Map());
      if (kind === 'enum') types.enums.set(path(), new Set());
    } else {
      const inside = open.at(-1);
      if (inside?.kind === 'enum') {
        const value = /^(\w+) = /.exec(text)?.[1];
        if (value !== undefined) types.enums.get(path())?.add(value);
      } else if (inside?.kind === 'message' || inside?.kind === 'oneof') {
        const [, label = '', type = '', name] = fieldLine.exec(text) ?? [];
        if (name === undefined) continue;
        types.messages.get(path())?.set(jsonName(name), {
          type: /^map<[^,]*,\s*([\w.]+)/.exec(type)?.[1] ?? type,
          repeated: label.trim() === 'repeated',
          isMap: type.startsWith('map<'),
          choice: inside.kind === 'oneof' ? inside.name : undefined,
        });
      }
    }
  }
}

const scalars: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  bytes: (value) => typeof value === 'string' && /^[A-Za-z0-9+/_-]*={0,2}$/.test(value),
  bool: (value) => typeof value === 'boolean',
  int32: Number.isInteger,
  int64: (value) => Number.isInteger(value) || (typeof value === 'string' && /^-?\d+$/.test(value)),
  float: (value) => typeof value === 'number',
  double: (value) => typeof value === 'number',
  'google.protobuf.Struct': (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'google.protobuf.Value': () => true,
  'google.protobuf.Duration': (value) => typeof value === 'string' && /^\d+(?:\.\d{1,9})?s$/.test(value),
  'google.protobuf.Timestamp': (value) => typeof value === 'string',
};

/** Finds a type as protobuf does: in the message itself, then outwards. */
function resolve(types: ProtoTypes, type: string, from: string): string | undefined {
  const scopes = from.split('.');
  for (let depth = scopes.length; depth >= 0; depth--) {
    const full = [...scopes.slice(0, depth), type].join('.');
    if (types.messages.has(full) || types.enums.has(full)) return full;
  }
  return undefined;
}

/** What is wrong with a value that should be this message; undefined when nothing is. */
export function protoFault(types: ProtoTypes, message: string, value: unknown, path = 'body'): string | undefined {
  const fields = types.messages.get(message);
  if (!fields) return `${path}: the protos know no ${message}`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${path} is no object`;
  const chosen = new Map<string, string>();
  for (const [name, each] of Object.entries(value)) {
    const field = fields.get(name);
    const where = `${path}.${name}`;
    if (!field) return `Unknown name "${name}" at '${path}': Cannot find field.`;
    if (field.choice !== undefined) {
      const other = chosen.get(field.choice);
      if (other !== undefined) return `${path} has both ${other} and ${name}`;
      chosen.set(field.choice, name);
    }
    if (field.repeated && !Array.isArray(each)) return `${where} is no list`;
    const single: readonly unknown[] = field.repeated
      ? (each as readonly unknown[])
      : field.isMap
        ? Object.values(each as object)
        : [each];
    for (const item of single) {
      const fault = itemFault(types, message, field, item, where);
      if (fault !== undefined) return fault;
    }
  }
  return undefined;
}

function itemFault(
  types: ProtoTypes,
  message: string,
  field: ProtoField,
  value: unknown,
  path: string,
): string | undefined {
  const scalar = scalars[field.type];
  if (scalar) return scalar(value) ? undefined : `${path} is no ${field.type}`;
  const type = resolve(types, field.type, message);
  if (type === undefined) return `${path}: the protos know no ${field.type}`;
  const values = types.enums.get(type);
  if (!values) return protoFault(types, type, value, path);
  return typeof value === 'string' && values.has(value) ? undefined : `${path} is no ${type}`;
}
