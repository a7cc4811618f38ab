// What the process that started VS Code tells the tests inside it.
import { readFileSync } from 'node:fs';

export interface TestEnvironment {
  /** The folder that is open: a copy of the sample workspace, to be changed at will. */
  readonly workspace: string;
  /** Where `index.ts` leaves its counts. */
  readonly resultFile: string;
  /** How a line of the report starts on the console, for whoever picks it out there. */
  readonly reportMark: string;
  /** Only tests whose full title contains this. */
  readonly grep?: string;
}

export const environment = JSON.parse(
  readFileSync(process.env['EARSHOT_TEST_ENVIRONMENT'] ?? '', 'utf8'),
) as TestEnvironment;
