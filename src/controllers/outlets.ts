import { createAnchors } from './anchor.ts';
import type { Anchors } from './anchor.ts';
import type { AuditSink } from './sink.ts';
import { createFactHead } from './fact-head.ts';
import type { FactHeadOptions } from './fact-head.ts';
import { createFacts } from './facts.ts';
import type { Facts } from './facts.ts';
import { createNotices } from './notices.ts';
import type { Notices, NoticesOptions, NoticeWays } from './notices.ts';
import { createProgrammeGauges } from './programme-figures.ts';

/** How what is on record leaves the process. */
export interface OutletWays extends NoticeWays {
  /** Null: nothing is exported. */
  readonly auditSink: AuditSink | null;
  /** Namespace of the operator. */
  readonly home: string;
}

type OutletsOptions = Omit<NoticesOptions, 'ways'> & Omit<FactHeadOptions, 'namespace'> & { readonly ways: OutletWays };

export interface Outlets {
  readonly notices: Notices;
  readonly anchors: Anchors;
  readonly facts: Facts;
  readonly setFigures: ReturnType<typeof createProgrammeGauges>;
}

/** What is made of the records: notices to people, entries to the audit sink, figures of the programme. */
export function createOutlets({ ways, ...options }: OutletsOptions): Outlets {
  const head = createFactHead({ ...options, namespace: ways.home });
  return {
    notices: createNotices({ ...options, ways }),
    anchors: createAnchors({ ...options, ways, sink: ways.auditSink }),
    facts: createFacts({ ...options, head, ways, sink: ways.auditSink }),
    setFigures: createProgrammeGauges(),
  };
}
