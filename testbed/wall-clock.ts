/** Wall-clock milliseconds with a fraction, comparable between processes of one machine to a few hundredths of a millisecond. */
export function wallClockMs(): number {
  return performance.timeOrigin + performance.now();
}
