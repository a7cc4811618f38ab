export const root: string;
export const cache: string;
export const out: string;
export const screenshots: string;
export const results: string;
export const vsix: string;
export const sampleWorkspace: string;
export function modernNode(): string;
