import { createHash } from 'node:crypto';
import { readAuditLine, toAuditLines, writeAuditLine } from '../api/audit-line.ts';
import { isFactLine, readFactLine } from '../api/fact-line.ts';
import { isCopyLine, readCopyLine, toHeldObject, writeCopyLine } from '../api/held-line.ts';
import { factHeadName, toFactEnd } from '../api/risk-chain-head.ts';
import type { AuditLine } from '../core/audit-line.ts';
import type { Fact, FactEnd, HeldObject } from '../core/fact-chain.ts';
import type { AuditFinding } from '../governance/audit.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { listAll } from './list-all.ts';

type Lister = Pick<ResourceClient<UntypedObject>, 'listPage'>;

/** The kinds a copy of the record is made of. */
export interface RecordClients {
  readonly incidents: Lister;
  readonly decisions: Lister;
  readonly risks: Lister;
  readonly policies: Lister;
  readonly heads: Lister;
}

/** What a cluster holds, or a file says that one held. */
export interface RecordCopy {
  readonly lines: readonly AuditLine[];
  readonly held: readonly HeldObject[];
  /** Of each operator, how far the sink has come in facts. */
  readonly ends: readonly FactEnd[];
  /** What of it can't be read. */
  readonly findings: readonly AuditFinding[];
}

export const hashText = (text: string): string => createHash('sha256').update(text).digest('hex');

async function list(client: Lister, plural: string, namespace: string | null): Promise<Result<readonly UntypedObject[], string>> {
  const listed = await listAll(client, namespace);
  return listed.ok ? listed : failure(`${plural} can't be listed: ${listed.failure.message}`);
}

/** Objects facts tell of. Policies belong to no namespace: they are taken with all of them only. */
async function takeHeld(clients: RecordClients, namespace: string | null): Promise<Result<readonly HeldObject[], string>> {
  const held: HeldObject[] = [];
  const wanted = [
    ['RiskPolicy', 'RiskPolicies', clients.policies],
    ['ModelRisk', 'ModelRisks', clients.risks],
    ['RiskDecision', 'RiskDecisions', clients.decisions],
  ] as const;
  for (const [kind, plural, client] of wanted) {
    if (kind === 'RiskPolicy' && namespace !== null) continue;
    const listed = await list(client, plural, namespace);
    if (!listed.ok) return listed;
    held.push(...listed.value.map((object) => toHeldObject(kind, object)));
  }
  return success(held);
}

/** Facts of all namespaces are one chain, and its head is in that of the operator. */
async function takeEnds({ heads }: RecordClients, namespace: string | null): Promise<Result<readonly FactEnd[], string>> {
  if (namespace !== null) return success([]);
  const listed = await list(heads, 'RiskChainHeads', null);
  if (!listed.ok) return listed;
  const ends: FactEnd[] = [];
  for (const object of listed.value.filter(({ metadata }) => metadata.name === factHeadName)) {
    const end = toFactEnd(object);
    if (!end.ok)
      return failure(`RiskChainHead ${factHeadName} of namespace ${object.metadata.namespace ?? ''} can't be read: ${end.failure}`);
    ends.push(end.value);
  }
  return success(ends);
}

/** What the cluster holds. Namespace null: all of it. Failure: one sentence. */
export async function takeCopy(clients: RecordClients, namespace: string | null): Promise<Result<RecordCopy, string>> {
  // Before all else: what is told meanwhile is no gap.
  const ends = await takeEnds(clients, namespace);
  if (!ends.ok) return ends;
  const listed = await list(clients.incidents, 'RiskIncidents', namespace);
  if (!listed.ok) return listed;
  const held = await takeHeld(clients, namespace);
  if (!held.ok) return held;
  const read = listed.value.map((object) => ({ incident: object.metadata.name, lines: toAuditLines(object, hashText) }));
  return success({
    ...{ held: held.value, ends: ends.value },
    lines: read.flatMap(({ lines }) => (lines.ok ? lines.value : [])),
    findings: read.flatMap(({ incident, lines }) =>
      lines.ok ? [] : [{ incident, message: `it is not readable: ${lines.failure.join('; ')}` }],
    ),
  });
}

export function writeCopy({ lines, held, ends }: RecordCopy): readonly string[] {
  return [
    ...lines.map(writeAuditLine),
    ...held.map((object) => writeCopyLine({ kind: 'Held', object })),
    ...ends.map((end) => writeCopyLine({ kind: 'FactEnd', end })),
  ];
}

/** A file of lines: of a sink, or of `audit export`. */
export interface ReadFile extends RecordCopy {
  readonly facts: readonly Fact[];
}

function parseJSON(row: string): unknown {
  try {
    return JSON.parse(row);
  } catch {
    return null;
  }
}

/** Failure: one sentence, which names the line. */
export function readCopy(text: string, what: string): Result<ReadFile, string> {
  const lines: AuditLine[] = [];
  const facts: Fact[] = [];
  const held: HeldObject[] = [];
  const ends: FactEnd[] = [];
  for (const [index, row] of text.split('\n').entries()) {
    if (row.trim() === '') continue;
    const json = parseJSON(row);
    const wrong = (kind: string, message: string) => failure(`line ${index + 1} of ${what} is no ${kind}: ${message}`);
    if (isFactLine(json)) {
      const fact = readFactLine(json);
      if (!fact.ok) return wrong('fact', fact.failure);
      facts.push(fact.value);
    } else if (isCopyLine(json)) {
      const line = readCopyLine(json);
      if (!line.ok) return wrong('copy of an object', line.failure);
      if (line.value.kind === 'Held') held.push(line.value.object);
      else ends.push(line.value.end);
    } else {
      const line = readAuditLine(row);
      if (!line.ok) return wrong('entry of a record', line.failure);
      lines.push(line.value);
    }
  }
  return success({ lines, facts, held, ends, findings: [] });
}
