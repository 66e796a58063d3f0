import * as z from 'zod';
import { auditLineID } from '../core/audit-line.ts';
import type { AuditLine } from '../core/audit-line.ts';
import type { HashText } from '../core/audit-chain.ts';
import type { IncidentEntryType } from '../core/model/incident-entry.ts';
import { canonicalJSON } from '../shared/canonical-json.ts';
import type { JSONValue } from '../shared/json.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { sentences } from './kind.ts';
import { parseRiskIncident } from './risk-incident.ts';

const schemaVersion = 1;

const wire = z.strictObject({
  schemaVersion: z.literal(schemaVersion),
  id: z.string(),
  namespace: z.string(),
  incident: z.string(),
  uid: z.string(),
  specDigest: z.string(),
  firstPrevHash: z.string(),
  entry: z.strictObject({
    seq: z.int().min(0),
    at: z.string(),
    // A newer operator may know more of them; the hash covers it whatever it is.
    type: z.string(),
    actor: z.string(),
    target: z.string(),
    before: z.string(),
    after: z.string(),
    reason: z.string(),
    prevHash: z.string(),
    hash: z.string(),
  }),
});

/** One line of JSON, keys sorted, without the line break. */
export function writeAuditLine(line: AuditLine): string {
  return canonicalJSON({ schemaVersion, id: auditLineID(line), ...line, entry: { ...line.entry } });
}

/** A failure is one sentence. Fields this version does not know are refused: nothing may stand in an export that no hash covers. */
export function readAuditLine(text: string): Result<AuditLine, string> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return failure('it is no JSON');
  }
  const parsed = wire.safeParse(json);
  if (!parsed.success) return failure(parsed.error.issues.flatMap((issue) => sentences(issue, [])).join('; '));
  const { schemaVersion: _, id, entry, ...rest } = parsed.data;
  const line: AuditLine = { ...rest, entry: { ...entry, type: entry.type as IncidentEntryType } };
  return id === auditLineID(line) ? success(line) : failure(`its id is not ${auditLineID(line)}`);
}

/** The lines of one RiskIncident as the API server holds it, in the order of its list. */
export function toAuditLines(object: unknown, hash: HashText): Result<readonly AuditLine[], readonly string[]> {
  const parsed = parseRiskIncident(object);
  if (!parsed.ok) return parsed;
  const { metadata, spec, status } = parsed.value;
  // As it is stored: defaults a later version brings must not change what an earlier one exported.
  const { spec: stored } = object as { readonly spec: JSONValue };
  const place = {
    namespace: metadata.namespace ?? '',
    incident: metadata.name,
    uid: metadata.uid,
    specDigest: `sha256:${hash(canonicalJSON(stored))}`,
    firstPrevHash: spec.firstPrevHash,
  };
  return success(status.entries.map((entry) => ({ ...place, entry })));
}
