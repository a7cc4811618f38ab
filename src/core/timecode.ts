/** `75.5` → `00:01:15.500`, as WebVTT writes it. Negative and non-finite values count as 0. */
export function formatTimecode(seconds: number): string {
  const milliseconds = Number.isFinite(seconds) && seconds > 0 ? Math.round(seconds * 1000) : 0;
  const pad = (value: number, length: number): string => String(value).padStart(length, '0');
  return `${pad(Math.floor(milliseconds / 3_600_000), 2)}:${pad(Math.floor(milliseconds / 60_000) % 60, 2)}:${pad(Math.floor(milliseconds / 1000) % 60, 2)}.${pad(milliseconds % 1000, 3)}`;
}

/** `75.5` → `1:15`, `3675` → `1:01:15`, for people. */
export function formatDuration(seconds: number): string {
  const whole = Number.isFinite(seconds) && seconds > 0 ? Math.round(seconds) : 0;
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = String(whole % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** `1536000` → `1.5 MB`, for people. */
export function formatByteLength(byteLength: number): string {
  if (byteLength < 1000) return `${byteLength} bytes`;
  if (byteLength < 999_500) return `${Math.round(byteLength / 1000)} kB`;
  return `${(byteLength / 1_000_000).toFixed(1)} MB`;
}
