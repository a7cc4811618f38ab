/** How many of the spoken words came back, in order, as a share from 0 to 1. */
export function shareOfWords(spoken: string, heard: string): number {
  const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];
  const left = words(spoken);
  const right = words(heard);
  let row = new Array<number>(right.length + 1).fill(0);
  for (const word of left) {
    const next = [0];
    right.forEach((other, index) => {
      next.push(word === other ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0));
    });
    row = next;
  }
  return (row.at(-1) ?? 0) / left.length;
}
