import type { ProgramRunner } from '../provider.js';
import type { ModelFiles, ProgramRow } from './programRow.js';

/** A program of the table that is on this machine, with one of its model files when it needs one. */
export interface FoundProgram {
  /** The row's id, followed by the model file's name for all but the first file. */
  readonly id: string;
  readonly label: string;
  readonly row: ProgramRow;
  /** Absolute path. */
  readonly program: string;
  readonly modelFile?: string;
}

export interface Search {
  readonly found: readonly FoundProgram[];
  /** For people: what is missing, program by program, and how to get it. */
  readonly missing: readonly { readonly row: ProgramRow; readonly advice: string }[];
}

const fileStem = (path: string): string => path.replace(/^.*[\\/]/, '').replace(/\.[^.]*$/, '');

async function listModelFiles(files: ModelFiles, runner: ProgramRunner): Promise<readonly string[]> {
  const folders = files.folders.map((folder) => folder.replace(/^~/, runner.homeFolder));
  const lists = await Promise.all(folders.map((folder) => runner.list(folder, files.suffix)));
  const rank = (path: string): number => {
    const position = files.prefer.findIndex((pattern) => pattern.test(path));
    return position < 0 ? files.prefer.length : position;
  };
  return lists
    .flat()
    .filter((path) => files.namePattern.test(path))
    .sort((left, right) => rank(left) - rank(right) || left.localeCompare(right));
}

async function searchOne(row: ProgramRow, runner: ProgramRunner): Promise<FoundProgram[] | string> {
  const program = await runner.find(row.executables);
  if (program === undefined) return row.install;
  const found = { row, program };
  if (row.model !== undefined) return [{ ...found, id: row.id, label: row.label, modelFile: row.model }];
  if (row.modelFiles === undefined) return [{ ...found, id: row.id, label: row.label }];
  const modelFiles = await listModelFiles(row.modelFiles, runner);
  if (modelFiles.length === 0) return `${row.label} is installed and has no model. ${row.modelFiles.install}`;
  return modelFiles.map((modelFile, index) => ({
    ...found,
    id: index === 0 ? row.id : `${row.id}/${fileStem(modelFile)}`,
    label: `${row.label} (${fileStem(modelFile)})`,
    modelFile,
  }));
}

/** Looks for the programs of the rows, keeping the order of the rows. */
export async function findPrograms(rows: readonly ProgramRow[], runner: ProgramRunner): Promise<Search> {
  const fitting = rows.filter(({ platforms }) => platforms === undefined || platforms.includes(runner.platform));
  const results = await Promise.all(fitting.map(async (row) => ({ row, result: await searchOne(row, runner) })));
  return {
    found: results.flatMap(({ result }) => (typeof result === 'string' ? [] : result)),
    missing: results.flatMap(({ row, result }) => (typeof result === 'string' ? [{ row, advice: result }] : [])),
  };
}
