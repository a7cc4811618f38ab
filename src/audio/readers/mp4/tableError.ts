/** The tables of a container contradict themselves or the file; becomes an error with the file's name further up. */
export class TableError extends Error {}
