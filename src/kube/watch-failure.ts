import { classify } from './api-failure.ts';
import type { APIFailure } from './api-failure.ts';
import type { WatchEnd } from './watch-reader.ts';

export const goneFailure: APIFailure = {
  kind: 'Gone',
  status: 410,
  message: 'the replacement of a silent watch was refused: its resourceVersion is too old',
};

/** What an ended watch counts as. Null: nothing wrong, the server's time limit was reached. */
export function failureOf(end: WatchEnd, tooShort: boolean): APIFailure | null {
  switch (end.kind) {
    case 'ServerClosed':
      return tooShort ? brokenStream('closed at once, without an event') : null;
    case 'ServerError':
      return classify({ status: end.status, body: { message: end.message }, retryAfter: null, isPatch: false });
    case 'Truncated':
    case 'Broken':
      return brokenStream(end.message);
  }
}

function brokenStream(message: string): APIFailure {
  return { kind: 'Unavailable', landed: 'No', status: null, message: `watch: ${message}` };
}

/** A watch refused with 404 has lost its kind, and only a LIST can tell. */
export function needsList({ kind }: APIFailure): boolean {
  return kind === 'Gone' || kind === 'NotFound';
}
