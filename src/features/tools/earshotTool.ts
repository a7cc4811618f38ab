import type { NamedFile } from '../../host/workspacePaths.js';

/** What a call would do, told before it is done. */
export interface Plan {
  /** A question: `Transcribe interview.m4a?` */
  readonly title: string;
  /** Markdown, a line each: what goes to whom, how long it is, what it costs, what is written. */
  readonly lines: readonly string[];
  /** For who watches it run. */
  readonly progress: string;
  /** Nothing is sent, written or paid: it may run unasked. */
  readonly isHarmless?: boolean;
}

/** What a call gave: for a model to read, and the same as data. */
export interface ToolOutcome {
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A tool for other models, whoever hands over their calls. Input is checked here, since a model wrote it. */
export interface EarshotTool {
  /**
   * What it would read outside of the workspace, by the input as it is now.
   * @throws EarshotError `invalid-argument`
   */
  readonly outside: (input: unknown) => Promise<readonly NamedFile[]>;
  /** @throws EarshotError `invalid-argument`, and whatever is wrong with the files */
  readonly plan: (input: unknown, signal: AbortSignal) => Promise<Plan>;
  readonly run: (input: unknown, signal: AbortSignal) => Promise<ToolOutcome>;
}
