export function compileKernels(): Promise<{ path: string; text: string }[]>;
