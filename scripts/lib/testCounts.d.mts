export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly why?: string;
}
export function countStatic(succeeded: boolean): Count;
export function countVitest(
  succeeded: boolean,
  result: { readonly numPassedTests: number; readonly numFailedTests: number } | undefined,
): Count;
export function countMocha(
  succeeded: boolean,
  result: { readonly passed: number; readonly failed: number } | undefined,
): Count;
