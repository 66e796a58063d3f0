import { assertNever } from '../src/shared/assert-never.ts';
import { statusBody } from './fault.ts';
import type { Fault, WatchEvent } from './fault.ts';

/** What to do with one line of a watch. `end` closes the connection after `send`. */
export interface WatchStep {
  readonly send: string;
  readonly end: boolean;
}

/** Decides line by line; lines come whole and without their newline. */
export type WatchFilter = (line: string) => WatchStep;

export function parseEvent(line: string): WatchEvent {
  return JSON.parse(line) as WatchEvent;
}

/** The part of a fault that concerns the lines of a watch; faults of whole requests leave them as they are. */
export function watchFilter(fault: Fault | null): WatchFilter {
  const pass: WatchFilter = (line) => ({ send: `${line}\n`, end: false });
  if (fault === null) return pass;
  switch (fault.kind) {
    case 'StallWatch':
      return after(fault.afterEvents, () => ({ send: '', end: false }));
    case 'TruncateWatch':
      return after(fault.afterEvents, (line) => ({ send: line.slice(0, Math.ceil(line.length / 2)), end: true }));
    case 'GoneInWatch':
      return after(fault.afterEvents, () => ({ send: `${JSON.stringify({ type: 'ERROR', object: statusBody(410) })}\n`, end: true }));
    case 'LoseEvents':
      return (line) => (fault.lose(parseEvent(line)) ? { send: '', end: false } : pass(line));
    case 'AfterAnswer':
    case 'DropAnswer':
    case 'DropRequest':
    case 'Reply':
    case 'Delay':
    case 'Hang':
      return pass;
    default:
      return assertNever(fault);
  }
}

/** Bookmarks don't count as events: when they come is up to the server. */
function after(count: number, then: WatchFilter): WatchFilter {
  let seen = 0;
  return (line) => {
    if (seen >= count) return then(line);
    if (parseEvent(line).type !== 'BOOKMARK') seen++;
    return { send: `${line}\n`, end: false };
  };
}

/** Cuts a byte stream into lines; a line ends with its newline, what is left at the end of the stream is no line. */
export function lineSplitter(onLine: (line: string) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const line = rest.subarray(0, end).toString('utf8');
      rest = rest.subarray(end + 1);
      if (line !== '') onLine(line);
    }
  };
}
