import { asList, asNumber, asObject, asText } from '../json-reading.ts';
import type { JSONObject } from '../json-reading.ts';
import { describeObject, namespaceOf } from '../metadata.ts';
import type { TargetObject, Verification } from '../port.ts';

/** True when every controller that reports on this route is among those known to keep a mirror percent, and at least one does report. */
export function mirrorPercentKept(live: TargetObject, keepers: ReadonlySet<string>): boolean {
  const controllers = currentParents(live).map((parent) => asText(parent.controllerName) ?? '');
  return controllers.length > 0 && controllers.every((name) => keepers.has(name));
}

/** Whether one of these controllers reports on this route. */
export function reportsAnyOf(live: TargetObject, names: ReadonlySet<string>): boolean {
  return currentParents(live).some((parent) => names.has(asText(parent.controllerName) ?? ''));
}

export function controllerNames(live: TargetObject): string {
  const names = currentParents(live).map((parent) => asText(parent.controllerName) ?? 'unknown');
  return [...new Set(names)].sort().join(', ') || 'none reports on it';
}

/** What the gateways that report on this route say of its latest generation; null when they all took it. */
export function routeAccepted(live: TargetObject): Exclude<Verification, { kind: 'Verified' }> | null {
  const parents = currentParents(live);
  if (parents.length === 0) return { kind: 'Waiting', message: `No gateway controller reports on ${describeObject(live)} yet.` };
  const answers = [...new Set(parents.map((parent) => keyOf(parent, live)))].map((key) =>
    answerOf(
      parents.filter((parent) => keyOf(parent, live) === key),
      live,
    ),
  );
  return answers.find((answer) => answer?.kind === 'Failed') ?? answers.find((answer) => answer !== null) ?? null;
}

/**
 * What is said for one parent. After a change of class the entry of the controller before stays behind with an old generation: it
 * says nothing once another controller has reported on this one.
 */
function answerOf(entries: readonly JSONObject[], live: TargetObject): Exclude<Verification, { kind: 'Verified' }> | null {
  const generation = asNumber(asObject(live.metadata).generation);
  const parent = asText(asObject(entries[0]?.parentRef).name) ?? '';
  const reports = entries.map((entry) => conditionsAt(entry, generation)).filter((conditions) => conditions !== null);
  const refused = reports.flat().find((condition) => condition.status === 'False');
  if (refused !== undefined) {
    const reason = asText(refused.reason) ?? 'NotAccepted';
    const said = `${asText(refused.type) ?? 'a condition'}=False: ${asText(refused.message) ?? reason}`;
    return { kind: 'Failed', reason, message: `Gateway ${parent} reports on ${describeObject(live)}: ${said}` };
  }
  if (reports.length > 0 && reports.flat().every((condition) => condition.status === 'True')) return null;
  const message = `Gateway ${parent} has not accepted generation ${generation ?? 0} of ${describeObject(live)} yet.`;
  return { kind: 'Waiting', message };
}

/** Accepted and ResolvedRefs, if both are of this generation; null while they are not. */
function conditionsAt(parent: JSONObject, generation: number | null): readonly JSONObject[] | null {
  const conditions = asList(parent.conditions)
    .map(asObject)
    .filter(({ type, observedGeneration }) => (type === 'Accepted' || type === 'ResolvedRefs') && observedGeneration === generation);
  return conditions.length < 2 ? null : conditions;
}

/** Entries of parents the spec still names: others are stale. */
function currentParents(live: TargetObject): readonly JSONObject[] {
  const named = new Set(asList(asObject(live.spec).parentRefs).map((reference) => parentKey(asObject(reference), namespaceOf(live))));
  return asList(asObject(live.status).parents)
    .map(asObject)
    .filter((parent) => named.has(keyOf(parent, live)));
}

function keyOf(parent: JSONObject, live: TargetObject): string {
  return parentKey(asObject(parent.parentRef), namespaceOf(live));
}

function parentKey(reference: JSONObject, routeNamespace: string): string {
  return JSON.stringify([
    asText(reference.group) ?? 'gateway.networking.k8s.io',
    asText(reference.kind) ?? 'Gateway',
    asText(reference.namespace) ?? routeNamespace,
    asText(reference.name),
    asText(reference.sectionName),
    asNumber(reference.port),
  ]);
}
