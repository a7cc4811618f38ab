export interface Sample {
  /** Name of the recording in the sample workspace. */
  readonly file: string;
  /** What is said in it. */
  readonly text: string;
  /** A question it answers. */
  readonly question: string;
  /** Words that a right answer contains. */
  readonly answerMentions: readonly string[];
}
export const samples: readonly Sample[];
export function makeSampleWorkspace(folder?: string): Promise<string>;
export function speak(text: string, file: string): Promise<void>;
