/** A whole number of at least `least`, as a flag gives it; throws a sentence that says why not. */
export function readCount(flag: string, text: string, { least, why }: { readonly least: number; readonly why: string }): number {
  const count = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(count) && count >= least) return count;
  throw new Error(`--${flag} takes a whole number of at least ${least}, not "${text}": ${why}`);
}
