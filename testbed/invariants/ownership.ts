import { isDeepStrictEqual } from 'node:util';

import type { KubeObject } from '../api-client.ts';
import { annotation, describeRevision, epochAnnotation, intentAt, journalAnnotation, revisionsOf, targetResourcesIn } from '../timeline.ts';
import type { Timeline } from '../timeline.ts';
import type { Expectations, Violation } from './expectations.ts';
import { isMesh, meshRuleSpecs, nameOf, routeResources, ruleSpecs } from './route-view.ts';
import type { FilterView, MeshRuleSpec, RouteRuleSpec } from './route-view.ts';
import { violationAt } from './traffic.ts';

/** V4: what we write differs from the intent in weights, our mirror, our safe backend, the flag's default: in nothing else. */
export function judgeForeignFields(timeline: Timeline, expectations: Expectations): readonly Violation[] {
  return targetResourcesIn(timeline).flatMap((resource) =>
    revisionsOf(timeline, resource).flatMap((revision) => {
      const intended = intentAt(timeline, resource, revision.event.object);
      if (!revision.ours || intended === null) return [];
      const comparable = (object: KubeObject): unknown => withoutDeclared({ resource, object, intended, expectations });
      const differing = [
        ...differences(comparable(revision.event.object), comparable(intended)),
        ...expectations.untouched
          .filter((part) => contains(intended, part) && !contains(revision.event.object, part))
          .map((part) => JSON.stringify(part)),
      ];
      return differing.length === 0 ? [] : [violationAt('V4', revision, `fields that are not ours changed: ${differing.join(', ')}`)];
    }),
  );
}

/** V6: at the end users have every object as they last wanted it, and no trace of us is on it. */
export function judgeRestoration(timeline: Timeline, expectations: Expectations): readonly Violation[] {
  if (!expectations.restored) return [];
  return targetResourcesIn(timeline).flatMap((resource) => {
    const revisions = revisionsOf(timeline, resource);
    const last = new Map(revisions.map((revision) => [revision.event.object.metadata.uid, revision]));
    return [...last.values()].flatMap((revision) => {
      const { object } = revision.event;
      const intended = intentAt(timeline, resource, object);
      const traces = tracesOf(object, expectations.manager).map((trace) => `${trace} is still there`);
      const differing =
        intended === null ? [] : differences(userView(object), userView(intended)).map((field) => `${field} is not as intended`);
      return [...traces, ...differing].map((message) => violationAt('V6', revision, message));
    });
  });
}

function tracesOf(object: KubeObject, manager: string): readonly string[] {
  const annotations = [journalAnnotation, epochAnnotation].filter((name) => annotation(object, name) !== null);
  const owned = (object.metadata.managedFields ?? []).some((entry) => entry.manager === manager && (entry.subresource ?? '') === '');
  return [...annotations.map((name) => `annotation ${name}`), ...(owned ? [`the managedFields entry of ${manager}`] : [])];
}

/** Whether some object within the value has all members of the part. */
function contains(value: unknown, part: object): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const members = value as Readonly<Record<string, unknown>>;
  const has = Object.entries(part).every(([name, wanted]) => isDeepStrictEqual(members[name], wanted));
  return has || Object.values(members).some((member) => contains(member, part));
}

interface UserView {
  /** Everything but what the server keeps: `spec`, or what a kind has in its place. */
  readonly [field: string]: unknown;
}

/** What users own of an object. A map that is empty and one that is absent are the same to them. */
function userView(object: KubeObject): UserView {
  const { labels = {}, annotations = {}, finalizers = [], ownerReferences = [] } = object.metadata;
  const own = Object.entries(annotations).filter(([name]) => name !== journalAnnotation && name !== epochAnnotation);
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, status: _status, ...body } = object;
  return { ...body, labels, annotations: Object.fromEntries(own), finalizers, ownerReferences };
}

interface DeclaredInput {
  readonly resource: string;
  readonly object: KubeObject;
  readonly intended: KubeObject;
  readonly expectations: Expectations;
}

function withoutDeclared({ resource, object, intended, expectations }: DeclaredInput): UserView {
  const view = userView(object);
  if (routeResources.includes(resource)) return { ...view, spec: routeWithoutOurs(object, intended) };
  if (resource === 'featureflags' && expectations.flag !== null) return { ...view, spec: flagWithoutOurs(object, expectations) };
  // Of other kinds the judge knows what users keep, not what we may change: `untouched`.
  const { labels, annotations, finalizers, ownerReferences } = view;
  return { labels, annotations, finalizers, ownerReferences };
}

function routeWithoutOurs(route: KubeObject, intended: KubeObject): unknown {
  if (isMesh(route)) {
    const wanted = meshRuleSpecs(intended);
    const http = meshRuleSpecs(route).map((rule, index) => meshRuleWithoutOurs(rule, wanted[index] ?? {}));
    return { ...(route['spec'] as object), http };
  }
  const wanted = ruleSpecs(intended);
  const rules = ruleSpecs(route).map((rule, index) => ruleWithoutOurs(rule, wanted[index] ?? {}));
  return { ...(route['spec'] as object), rules };
}

function meshRuleWithoutOurs(rule: MeshRuleSpec, wanted: MeshRuleSpec): unknown {
  const mirrors = (rule.mirrors ?? []).filter((mirror) => (wanted.mirrors ?? []).some((each) => isDeepStrictEqual(each, mirror)));
  const names = new Set((wanted.route ?? []).map(({ destination }) => nameOf(destination)));
  const route = (rule.route ?? []).filter(({ destination }) => names.has(nameOf(destination))).map((entry) => ({ ...entry, weight: null }));
  return { ...rule, mirrors, route };
}

function ruleWithoutOurs(rule: RouteRuleSpec, wanted: RouteRuleSpec): unknown {
  const isWanted = (filter: FilterView): boolean => (wanted.filters ?? []).some((each) => isDeepStrictEqual(each, filter));
  const filters = (rule.filters ?? []).filter((filter) => filter.type !== 'RequestMirror' || isWanted(filter));
  const names = new Set((wanted.backendRefs ?? []).map(({ name }) => name));
  const backendRefs = (rule.backendRefs ?? []).filter(({ name }) => names.has(name)).map((backend) => ({ ...backend, weight: null }));
  return { ...rule, filters, backendRefs };
}

interface FlagSpec {
  readonly flagSpec?: { readonly flags?: Readonly<Record<string, object>> };
}

function flagWithoutOurs(object: KubeObject, { flag }: Expectations): unknown {
  const spec = (object['spec'] ?? {}) as FlagSpec;
  const flags = Object.entries(spec.flagSpec?.flags ?? {}).map(([key, value]) =>
    key === flag?.key ? [key, { ...value, defaultVariant: null, targeting: null }] : [key, value],
  );
  return { ...spec, flagSpec: { ...spec.flagSpec, flags: Object.fromEntries(flags) as unknown } };
}

/** Names of the parts that differ. */
function differences(actual: unknown, wanted: unknown): readonly string[] {
  const left = actual as Readonly<Record<string, unknown>>;
  const right = wanted as Readonly<Record<string, unknown>>;
  return [...new Set([...Object.keys(right), ...Object.keys(left)])].filter((field) => !isDeepStrictEqual(left[field], right[field]));
}

/** V8: epochs never go back, over all targets: a lower one after a higher one is a second writer. */
export function judgeEpochs(timeline: Timeline): readonly Violation[] {
  const ours = targetResourcesIn(timeline)
    .flatMap((resource) => revisionsOf(timeline, resource))
    .filter((revision) => revision.ours)
    .toSorted((a, b) => Number(a.event.object.metadata.resourceVersion) - Number(b.event.object.metadata.resourceVersion));
  const state = { highest: 0, subject: '' };
  return ours.flatMap((revision) => {
    const epoch = Number(annotation(revision.event.object, epochAnnotation) ?? state.highest);
    if (epoch < state.highest)
      return [violationAt('V8', revision, `epoch ${epoch} was written after ${state.highest} on ${state.subject}`)];
    state.highest = epoch;
    state.subject = describeRevision(revision.event);
    return [];
  });
}
