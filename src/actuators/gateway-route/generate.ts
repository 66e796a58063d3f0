import type { GeneratedRoute } from '../../core/model/generated-route.ts';
import { canonicalJSON } from '../../shared/canonical-json.ts';
import type { JSONPatchOperation, JSONValue } from '../../shared/json.ts';
import { asList, asNumber, asObject, asText, pointerSegment } from '../json-reading.ts';
import type { JSONObject } from '../json-reading.ts';
import { annotationOf, describeObject, journalAnnotation, uidOf } from '../metadata.ts';
import type { TargetObject } from '../port.ts';
import { gatewayGrammar, serviceID } from './grammar.ts';

const managedBy = { key: 'app.kubernetes.io/managed-by', value: 'modelrisk' };
/** Name of the plan a route was made from. */
const generatedAnnotation = 'modelrisk.dev/generated-by';

/** The route as it is created. `held`: with nothing for the candidate, until the constraints in force can be laid with its intent. */
export function newRoute(wanted: GeneratedRoute, namespace: string, held: boolean) {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: {
      name: wanted.object,
      namespace,
      labels: { [managedBy.key]: managedBy.value },
      annotations: { [generatedAnnotation]: wanted.plan },
    },
    spec: specOf(wanted, unconstrained(held ? { ...wanted, candidatePercent: 0 } : wanted)),
  };
}

/** Why this object is none of the plan's making; null when it is. */
export function whyNotGenerated(live: TargetObject, { plan }: GeneratedRoute): string | null {
  const label = asText(asObject(asObject(live.metadata).labels)[managedBy.key]);
  const author = annotationOf(live, generatedAnnotation);
  if (label === managedBy.value && author === plan) return null;
  const whose = label === managedBy.value && author !== null ? `was made from plan ${author}` : 'is somebody else’s';
  return `${describeObject(live)} ${whose}, and plan ${plan} would make it: name another, delete that one, or leave generate out.`;
}

/** The object brought back to what its plan says, and the operations that do it. */
export interface Regeneration {
  readonly live: TargetObject;
  readonly operations: readonly JSONPatchOperation[];
}

/**
 * What others wrote is taken back, and an edit of the plan becomes the users' intent, constraints in force staying as they are: under
 * a journal the weights are those that were applied, and the intent is written into the journal, where no number can be confused with
 * ours. Null when all is as the plan says, or when what is in force was laid on other backends: that is ended first.
 */
export function regenerate(live: TargetObject, wanted: GeneratedRoute): Regeneration | null {
  const journal = readJournal(live);
  const applied = journal === null ? null : appliedBy(journal, wanted, live);
  if (journal !== null && applied === null) return null;
  const spec = specOf(wanted, applied ?? unconstrained(wanted));
  const text = journal === null ? null : canonicalJSON(withIntent(journal, wanted));
  const isSameSpec = canonicalJSON(spec) === canonicalJSON(live.spec ?? null);
  const isSameJournal = text === null || text === annotationOf(live, journalAnnotation);
  if (isSameSpec && isSameJournal) return null;
  const metadata = asObject(live.metadata);
  const annotations = { ...asObject(metadata.annotations), ...(text === null ? {} : { [journalAnnotation]: text }) };
  return {
    live: { ...live, metadata: { ...metadata, annotations }, spec },
    operations: [
      { op: 'test', path: '/metadata/uid', value: uidOf(live) },
      // Nobody else's write may come between: the whole spec is replaced.
      { op: 'test', path: '/metadata/resourceVersion', value: metadata.resourceVersion ?? null },
      ...(isSameSpec ? [] : [{ op: 'replace', path: '/spec', value: spec } as const]),
      ...(isSameJournal ? [] : [{ op: 'add', path: `/metadata/annotations/${pointerSegment(journalAnnotation)}`, value: text } as const]),
    ],
  };
}

/** What of a rule is ours to say. */
interface Shares {
  readonly candidate: number;
  readonly safe: number;
  /** Entries of `filters`. */
  readonly mirrors: readonly JSONValue[];
}

/** The journal of a constraint in force, as it is written; null when there is none. */
function readJournal(live: TargetObject): JSONObject | null {
  const text = annotationOf(live, journalAnnotation);
  if (text === null) return null;
  const journal = asObject(JSON.parse(text) as JSONValue);
  return journal.state === 'Engaged' ? journal : null;
}

/** What a constraint in force has laid on the rule; null when it was laid on other backends than the plan names now. */
function appliedBy(journal: JSONObject, wanted: GeneratedRoute, live: TargetObject): Shares | null {
  const [rule, ...more] = asList(asObject(journal.changes).rules).map(asObject);
  // It changes nothing: what stands there is what users want.
  if (rule === undefined) return unconstrained(wanted);
  const backends = asList(rule.backends).map(asObject);
  const appliedOf = (id: string): number | null => asNumber(backends.find((backend) => backend.id === id)?.applied);
  const [candidate, safe] = [appliedOf(serviceID(wanted.candidate)), appliedOf(serviceID(wanted.safe))];
  const isOurs = more.length === 0 && backends.length === 2 && asList(rule.inserted).length === 0;
  if (!isOurs || candidate === null || safe === null) return null;
  return { candidate, safe, mirrors: asList(rule.mirrors).map((mirror) => mirrorIn(live, asObject(mirror), wanted.candidate)) };
}

function unconstrained({ candidatePercent }: GeneratedRoute): Shares {
  return { candidate: candidatePercent, safe: 100 - candidatePercent, mirrors: [] };
}

/** As it stands, with the defaults the API server gave it; written anew where somebody took it out. */
function mirrorIn(live: TargetObject, mirror: JSONObject, candidate: GeneratedRoute['candidate']): JSONValue {
  const percent = asNumber(mirror.percent);
  const namespace = asText(asObject(live.metadata).namespace) ?? '';
  const [rule] = asList(asObject(live.spec).rules).map(asObject);
  const found = asList(rule?.filters).find((filter) => {
    const reading = gatewayGrammar.readMirror(asObject(filter), namespace);
    return reading !== null && reading.backend === mirror.id && !reading.fraction && reading.percent === percent;
  });
  return found ?? gatewayGrammar.writeMirror(serviceID(candidate), {}, percent);
}

/** The same journal with what the plan says now as its users' intent. */
function withIntent(journal: JSONObject, { candidate, candidatePercent }: GeneratedRoute): JSONObject {
  const rules = asList(asObject(journal.changes).rules).map((item) => {
    const rule = asObject(item);
    const backends = asList(rule.backends).map((entry) => {
      const backend = asObject(entry);
      return { ...backend, intent: backend.id === serviceID(candidate) ? candidatePercent : 100 - candidatePercent };
    });
    return { ...rule, backends };
  });
  return { ...journal, changes: { ...asObject(journal.changes), rules } };
}

/** Every default the API server would add is written, so that what it stores is what was compared. */
function specOf(wanted: GeneratedRoute, { candidate, safe, mirrors }: Shares): JSONObject {
  const backend = ({ service: name, port }: GeneratedRoute['safe'], weight: number): JSONObject => {
    return { group: '', kind: 'Service', name, port, weight };
  };
  const parentRefs = wanted.parentRefs.map(({ name, namespace, sectionName }) => ({
    ...{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name },
    ...(namespace === null ? {} : { namespace }),
    ...(sectionName === null ? {} : { sectionName }),
  }));
  return {
    parentRefs,
    ...(wanted.hostnames.length === 0 ? {} : { hostnames: [...wanted.hostnames] }),
    rules: [
      {
        matches: [{ path: { type: 'PathPrefix', value: wanted.pathPrefix } }],
        ...(mirrors.length === 0 ? {} : { filters: [...mirrors] }),
        backendRefs: [backend(wanted.safe, safe), backend(wanted.candidate, candidate)],
      },
    ],
  };
}
