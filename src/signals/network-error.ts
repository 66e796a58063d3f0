/** The machine-readable code of an error of Node or undici; null where it has none. Its message is never used: it holds addresses. */
export function networkErrorCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' && /^[A-Z0-9_]{1,40}$/.test(error.code) ? error.code : null;
}
