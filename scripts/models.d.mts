export const tablePath: string;
export function makeModelTables(): Promise<string>;
