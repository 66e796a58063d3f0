/** What became of one item of a request. */
export interface ItemResult {
  /** As an HTTP status says it. */
  readonly status: number;
  /** For metrics. */
  readonly result: 'Kept' | 'Unused' | 'Forbidden' | 'Invalid' | 'Older' | 'Future' | 'Full';
  readonly message: string;
}

export interface Reply {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request nothing of which was looked at. */
export function refuse(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, body: { message }, headers };
}

/** Most in need of attention first: what sending again could mend goes before what it could not. */
const gravest = [507, 503, 429, 403, 422, 409, 200];

/** Every item by its place in the request; the status is that of the gravest, so that nobody takes half for all. */
export function replyOf(items: readonly ItemResult[]): Reply {
  const status = gravest.find((each) => items.some((item) => item.status === each)) ?? 200;
  return { status, body: { results: items.map(({ status: own, message }, index) => ({ index, status: own, message })) } };
}
