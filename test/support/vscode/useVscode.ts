import { afterAll, afterEach, beforeAll } from 'vitest';
import { openVscode, type Session, type SessionOptions } from './session.ts';

/**
 * One VS Code for all the tests of a `describe` block, opened before the first and closed after the last. A test that
 * fails leaves a picture and the logs under `out/failures`.
 * @param options may be a function, for what is known only when the block starts
 */
export function useVscode(
  options: SessionOptions | (() => SessionOptions | Promise<SessionOptions>) = {},
): () => Session {
  let session: Session | undefined;
  beforeAll(async () => {
    session = await openVscode(typeof options === 'function' ? await options() : options);
  });
  afterEach(async ({ task }) => {
    const error = task.result?.errors?.[0];
    if (task.result?.state === 'fail') console.error(await session?.diagnose(task.name, error?.message));
  });
  afterAll(async () => {
    await session?.close();
  });
  return () => {
    if (session === undefined) throw new Error('VS Code is open only while the tests of its block run');
    return session;
  };
}
