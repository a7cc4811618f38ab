// A worker that does what the policy forbids, to see that the policy is in force.
const scope = globalThis as unknown as { postMessage(message: string): void };
try {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call
  scope.postMessage(`it made ${String(new Function('return 1')())}`);
} catch (error) {
  scope.postMessage(error instanceof Error ? error.name : String(error));
}

export {};
