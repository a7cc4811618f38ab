import { createHash } from 'node:crypto';
import { concat } from '../openaiServer/bytes.ts';
import { isObject, textOf, type JsonObject } from '../openaiServer/json.ts';
import { bytesReply, jsonReply, type Reply } from '../openaiServer/reply.ts';
import { WireError } from '../openaiServer/wireError.ts';
import { googleErrors } from './googleErrors.ts';
import type { OpenRequest } from './recorded.ts';
import { refuse } from './refuse.ts';

interface Session {
  readonly mediaType: string;
  readonly byteLength: number;
  readonly parts: Uint8Array[];
  received: number;
}

export interface StoredFile {
  readonly name: string;
  readonly uri: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  /** How often it will still be said to be worked on. */
  looksLeft: number;
}

/** All pieces but the last are multiples of this. */
const granularity = 262_144;

const endOfUpload = { 'x-goog-upload-status': 'final' };

/** The store of files, with Google's protocol for uploads that can be resumed. */
export class FileStore {
  readonly files = new Map<string, StoredFile>();
  readonly #sessions = new Map<string, Session>();
  #count = 0;
  /** How often a new file is said to be worked on, and what becomes of it. */
  processing: { readonly looks: number; readonly becomes: 'ACTIVE' | 'FAILED' } = { looks: 1, becomes: 'ACTIVE' };
  /** Named in the addresses to upload to. */
  uploadOrigin: string | undefined;

  clear(): void {
    this.files.clear();
    this.#sessions.clear();
    this.processing = { looks: 1, becomes: 'ACTIVE' };
    this.uploadOrigin = undefined;
  }

  begin(request: OpenRequest, origin: string): Reply {
    const { headers, json } = request;
    if (headers['x-goog-upload-protocol'] !== 'resumable')
      throw refuse('invalid-value', 'Upload protocol is not resumable');
    if (headers['x-goog-upload-command'] !== 'start') throw refuse('invalid-value', 'Upload command is not start');
    const byteLength = Number(headers['x-goog-upload-header-content-length']);
    const mediaType = headers['x-goog-upload-header-content-type'] ?? '';
    const file = isObject(json) ? json['file'] : undefined;
    if (!isObject(file)) throw refuse('missing-field', 'No file in the request');
    if (!Number.isInteger(byteLength) || byteLength <= 0) throw refuse('missing-field', 'No content length');
    if (file['sizeBytes'] !== String(byteLength)) throw refuse('invalid-value', 'Two different sizes');
    if (!/^audio\/[\w.-]+$/.test(mediaType)) throw refuse('invalid-value', `No type of audio: ${mediaType}`);
    if (textOf(file['mimeType']) !== mediaType) throw refuse('invalid-value', 'Two different types');
    const id = `upload-${++this.#count}`;
    this.#sessions.set(id, { mediaType, byteLength, parts: [], received: 0 });
    const url = `${this.uploadOrigin ?? origin}/upload/v1beta/files?upload_id=${id}&upload_protocol=resumable`;
    return bytesReply(200, 'text/plain; charset=utf-8', new Uint8Array(), {
      'x-goog-upload-status': 'active',
      'x-goog-upload-url': url,
      'x-goog-upload-chunk-granularity': String(granularity),
    });
  }

  piece(request: OpenRequest, origin: string): Reply {
    const session = this.#sessions.get(request.query['upload_id'] ?? '');
    if (!session) throw refuse('invalid-value', 'No such upload');
    const command = request.headers['x-goog-upload-command'];
    const isLast = command === 'upload, finalize';
    if (!isLast && command !== 'upload') throw refuse('invalid-value', `Unknown upload command ${String(command)}`);
    const offset = Number(request.headers['x-goog-upload-offset']);
    if (offset !== session.received) throw refuse('invalid-value', `Offset ${offset} is not ${session.received}`);
    if (!isLast && request.body.byteLength % granularity !== 0)
      throw refuse('invalid-value', 'Wrong chunk granularity');
    session.parts.push(request.body);
    session.received += request.body.byteLength;
    if (!isLast) {
      return bytesReply(200, 'text/plain; charset=utf-8', new Uint8Array(), { 'x-goog-upload-status': 'active' });
    }
    if (session.received !== session.byteLength) throw refuse('invalid-value', 'Not as many bytes as were announced');
    this.#sessions.delete(request.query['upload_id'] ?? '');
    const name = `files/bench${++this.#count}`;
    const file: StoredFile = {
      name,
      uri: `${origin}/v1beta/${name}`,
      mediaType: session.mediaType,
      bytes: concat(session.parts),
      looksLeft: this.processing.looks,
    };
    this.files.set(name, file);
    return jsonReply({ file: this.#describe(file) }, 200, endOfUpload);
  }

  get(name: string): Reply {
    const file = this.files.get(name);
    if (!file) throw new WireError('invalid-value', googleErrors.noFile(name), `no file ${name}`);
    file.looksLeft -= 1;
    return jsonReply(this.#describe(file));
  }

  remove(name: string): Reply {
    if (!this.files.delete(name)) throw new WireError('invalid-value', googleErrors.noFile(name), `no file ${name}`);
    return jsonReply({});
  }

  /** @throws WireError unless it is there and ready. */
  use(uri: string, mediaType: string | undefined): StoredFile {
    const file = [...this.files.values()].find((candidate) => candidate.uri === uri);
    if (!file) throw new WireError('invalid-value', googleErrors.noFile(uri), `no file at ${uri}`);
    if (file.looksLeft > 0) throw refuse('invalid-value', `The File ${file.name} is not in an ACTIVE state.`);
    if (mediaType !== file.mediaType)
      throw refuse('mislabelled', `${file.name} is ${file.mediaType}, not ${String(mediaType)}`);
    return file;
  }

  #describe(file: StoredFile): JsonObject {
    const state = file.looksLeft > 0 ? 'PROCESSING' : this.processing.becomes;
    const hash = createHash('sha256').update(file.bytes).digest('hex');
    return {
      name: file.name,
      mimeType: file.mediaType,
      sizeBytes: String(file.bytes.byteLength),
      createTime: '2026-11-21T12:00:00.000000Z',
      updateTime: '2026-11-21T12:00:00.000000Z',
      expirationTime: '2026-11-23T12:00:00.000000000Z',
      sha256Hash: Buffer.from(hash).toString('base64'),
      uri: file.uri,
      state,
      source: 'UPLOADED',
      ...(state === 'FAILED' && { error: { code: 3, message: 'Unable to decode the audio.' } }),
    };
  }
}
