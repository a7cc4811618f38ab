export type CodecErrorReason =
  /** The stream is sound, but uses what is not decoded here. */
  | 'unsupported'
  /** The packet or the configuration breaks the format's rules. */
  | 'malformed';

/** The only thing a codec throws for what it is fed; after it the codec takes the next packet as if a stream began. */
export class CodecError extends Error {
  readonly reason: CodecErrorReason;

  constructor(reason: CodecErrorReason, message: string) {
    super(message);
    this.name = 'CodecError';
    this.reason = reason;
  }
}

export function malformed(message: string): CodecError {
  return new CodecError('malformed', message);
}

export function unsupported(message: string): CodecError {
  return new CodecError('unsupported', message);
}
