import { strictUtf8 } from './bytes.ts';
import { refuse } from './wireError.ts';

export interface FormField {
  readonly name: string;
  readonly value: string;
}

export interface FormFile {
  readonly name: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

export interface Form {
  readonly fields: readonly FormField[];
  readonly files: readonly FormFile[];
}

function broken(detail: string) {
  return refuse('multipart', 'Could not parse multipart form', { detail });
}

/** Reads a multipart body to the byte: no preamble, no epilogue, CRLF everywhere. */
export function parseMultipart(body: Uint8Array, contentType: string): Form {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined || boundary.length > 70) throw broken('no usable boundary in the content type');
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const delimiter = Buffer.from(`--${boundary}`, 'latin1');
  const between = Buffer.from(`\r\n--${boundary}`, 'latin1');
  if (!buffer.subarray(0, delimiter.length).equals(delimiter)) {
    throw broken('the body does not begin with its boundary');
  }
  const fields: FormField[] = [];
  const files: FormFile[] = [];
  let at = delimiter.length;
  while (buffer.toString('latin1', at, at + 2) === '\r\n') {
    const headEnd = buffer.indexOf('\r\n\r\n', at);
    const end = buffer.indexOf(between, headEnd + 4);
    if (headEnd < 0 || end < 0) throw broken('a part has no end');
    const part = readPart(decode(buffer.subarray(at + 2, headEnd)), new Uint8Array(buffer.subarray(headEnd + 4, end)));
    if ('bytes' in part) files.push(part);
    else fields.push(part);
    at = end + between.length;
  }
  const rest = buffer.toString('latin1', at);
  if (rest !== '--' && rest !== '--\r\n') throw broken('the body does not end with its closing boundary');
  return { fields, files };
}

function decode(bytes: Uint8Array): string {
  try {
    return strictUtf8(bytes);
  } catch {
    throw broken('text that is not UTF-8');
  }
}

function readPart(head: string, bytes: Uint8Array): FormField | FormFile {
  const headers = new Map<string, string>();
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon < 1) throw broken(`a part's header line without a colon: ${line}`);
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const disposition = headers.get('content-disposition') ?? '';
  const name = /^form-data;.*?\bname="([^"]*)"/i.exec(disposition)?.[1];
  if (name === undefined) throw broken(`a part without a name: ${disposition}`);
  const fileName = /;\s*filename="([^"]*)"/i.exec(disposition)?.[1];
  if (fileName === undefined) return { name, value: decode(bytes) };
  return { name, fileName, contentType: headers.get('content-type') ?? '', bytes };
}
