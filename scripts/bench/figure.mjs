/**
 * One measurement. With `cpuSeconds` and `ffmpegCpuSeconds` where it is the ratio of these two.
 * @typedef {{ name: string, value: number, unit: string, limit?: number, ok: boolean, cpuSeconds?: number, ffmpegCpuSeconds?: number }} Figure
 */

/**
 * @param {string} name
 * @param {number} value
 * @param {string} unit
 * @param {number} [limit]
 * @param {number} [digits] after the point
 * @returns {Figure}
 */
export function figure(name, value, unit, limit, digits = 1) {
  const scale = 10 ** digits;
  return {
    name,
    value: Math.round(value * scale) / scale,
    unit,
    ...(limit === undefined ? {} : { limit }),
    // What could not be measured is not within its limit either.
    ok: limit === undefined || value <= limit,
  };
}

/** @param {readonly Figure[]} figures */
export function print(figures) {
  printRatios(figures.filter(({ ffmpegCpuSeconds }) => ffmpegCpuSeconds !== undefined));
  const others = figures.filter(({ ffmpegCpuSeconds }) => ffmpegCpuSeconds === undefined);
  const width = Math.max(...others.map(({ name }) => name.length));
  for (const { name, value, unit, limit, ok } of others) {
    const digits = unit === 'times' ? 2 : 1;
    const bound = limit === undefined ? '' : `  (at most ${limit} ${unit}${ok ? '' : ', MISSED'})`;
    console.log(`${name.padEnd(width)}  ${value.toFixed(digits).padStart(8)} ${unit}${bound}`);
  }
}

/** Ours against ffmpeg's. */
function printRatios(figures) {
  if (figures.length === 0) return;
  const names = figures.map(({ name }) => name.replace(/:.*/, ''));
  const width = Math.max(...names.map((name) => name.length));
  const row = (job, ...cells) =>
    console.log(`${job.padEnd(width)}  ${cells.map((cell) => cell.padStart(8)).join(' ')}`);
  row('CPU seconds', 'Earshot', 'ffmpeg', 'ratio', 'bar', '');
  figures.forEach(({ value, limit, ok, cpuSeconds, ffmpegCpuSeconds }, index) => {
    const numbers = [cpuSeconds.toFixed(2), ffmpegCpuSeconds.toFixed(2), value.toFixed(2), limit.toFixed(2)];
    row(names[index], ...numbers, ok ? 'ok' : 'OVER');
  });
  console.log('');
}
