/** One request the API server answered, as its own audit log has it. A watch is in the log once it has ended. */
export interface AuditedRequest {
  readonly user: string;
  readonly verb: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly status: number;
  readonly receivedAtMs: number;
  readonly answeredAtMs: number;
}

const writeVerbs = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

interface AuditEvent {
  readonly stage?: string;
  readonly verb?: string;
  readonly user?: { readonly username?: string };
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string; readonly namespace?: string; readonly name?: string };
  readonly responseStatus?: { readonly code?: number };
  readonly requestReceivedTimestamp?: string;
  readonly stageTimestamp?: string;
}

export function isAuditedWrite({ verb }: AuditedRequest): boolean {
  return writeVerbs.has(verb);
}

/** Writes of one user, in the order of the log. */
export function writesOf(user: string, log: string): readonly AuditedRequest[] {
  return requestsOf(user, log).filter(isAuditedWrite);
}

/** Requests of one user, in the order of the log. A last line that is still being written is left for the next look. */
export function requestsOf(user: string, log: string): readonly AuditedRequest[] {
  return log.split('\n').flatMap((line) => {
    const event = parseLine(line);
    if (event?.stage !== 'ResponseComplete' || event.user?.username !== user) return [];
    const { objectRef = {} } = event;
    return [
      {
        user,
        verb: event.verb ?? '',
        resource: objectRef.resource ?? '',
        subresource: objectRef.subresource ?? '',
        namespace: objectRef.namespace ?? '',
        name: objectRef.name ?? '',
        status: event.responseStatus?.code ?? 0,
        receivedAtMs: parseMicroTime(event.requestReceivedTimestamp ?? ''),
        answeredAtMs: parseMicroTime(event.stageTimestamp ?? ''),
      },
    ];
  });
}

/** RFC 3339 with microseconds to milliseconds with a fraction; Date alone would cut the fraction off. */
export function parseMicroTime(text: string): number {
  const match = /^(.*\d{2}:\d{2}:\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})$/.exec(text);
  if (match === null) return NaN;
  const [, seconds = '', fraction = '', zone = ''] = match;
  return Date.parse(`${seconds}${zone}`) + (fraction === '' ? 0 : Number(`0.${fraction}`) * 1000);
}

function parseLine(line: string): AuditEvent | null {
  if (!line.endsWith('}')) return null;
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' ? parsed : null;
  } catch {
    return null;
  }
}
