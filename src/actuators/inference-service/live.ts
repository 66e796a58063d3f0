import { asList, asNumber, asObject, asText } from '../json-reading.ts';
import type { JSONObject } from '../json-reading.ts';
import { annotationOf } from '../metadata.ts';
import type { TargetObject } from '../port.ts';
import type { Percent } from './changes.ts';

/** A field that divides requests, as it stands. */
export interface LiveField {
  readonly canary: string | null;
  /** What the journal tells it by: the name, and of several entries of one name which of them. */
  readonly id: string | null;
  readonly percent: Percent;
  /** JSON Pointer of the field. */
  readonly path: string;
  /** JSON Pointer and value of what tells the entry from others; null where nothing needs to. */
  readonly named: { readonly path: string; readonly value: string } | null;
}

export function fieldsOf(live: TargetObject): readonly LiveField[] {
  const spec = asObject(live.spec);
  const latest: LiveField = {
    canary: null,
    id: null,
    percent: asNumber(asObject(spec.predictor).canaryTrafficPercent),
    path: '/spec/predictor/canaryTrafficPercent',
    named: null,
  };
  const seen = new Map<string, number>();
  const canaries = asList(spec.canary).flatMap((entry, index): readonly LiveField[] => {
    const { predictor, trafficPercent } = asObject(entry);
    const canary = asText(asObject(predictor).name);
    if (canary === null) return [];
    const ordinal = seen.get(canary) ?? 0;
    seen.set(canary, ordinal + 1);
    const id = ordinal === 0 ? canary : `${canary}#${ordinal}`;
    const path = `/spec/canary/${index}`;
    const named = { path: `${path}/predictor/name`, value: canary };
    return [{ canary, id, percent: asNumber(trafficPercent), path: `${path}/trafficPercent`, named }];
  });
  return [latest, ...canaries];
}

/** `latest revision`, `canary v2`: for messages. */
export function wordFor(canary: string | null): string {
  return canary === null ? 'latest revision' : `canary ${canary}`;
}

export function shareOf({ canary, percent }: Pick<LiveField, 'canary' | 'percent'>): number {
  return percent ?? (canary === null ? 100 : 0);
}

/** How KServe runs the predictor. Only Knative has revisions, only Standard has canary entries. */
export type DeploymentMode = 'Knative' | 'Standard' | 'ModelMesh' | 'Unknown';

const modeAnnotation = 'serving.kserve.io/deploymentMode';
const modes: Readonly<Record<string, DeploymentMode>> = {
  Knative: 'Knative',
  Serverless: 'Knative',
  Standard: 'Standard',
  RawDeployment: 'Standard',
  ModelMesh: 'ModelMesh',
};

/**
 * What KServe itself goes by: the mode its status remembers, else the annotation. Where both are silent its configuration decides,
 * which can't be read from here; that it counts revisions shows what it decided.
 */
export function deploymentModeOf(live: TargetObject): DeploymentMode {
  const said = [asText(asObject(live.status).deploymentMode), annotationOf(live, modeAnnotation)].find(
    (text) => text !== null && text !== '',
  );
  if (typeof said === 'string') return Object.hasOwn(modes, said) ? (modes[said] ?? 'Unknown') : 'Unknown';
  return revisionsOf(live).ready === null ? 'Unknown' : 'Knative';
}

/** Names of revisions, null where there is none. `rolledOut` had all requests last; `before` had them before that. */
export interface Revisions {
  readonly created: string | null;
  readonly ready: string | null;
  readonly rolledOut: string | null;
  readonly before: string | null;
}

function predictorStatus(live: TargetObject): JSONObject {
  return asObject(asObject(asObject(live.status).components).predictor);
}

export function revisionsOf(live: TargetObject): Revisions {
  const status = predictorStatus(live);
  const revision = (key: string): string | null => asText(status[key]) || null;
  return {
    created: revision('latestCreatedRevision'),
    ready: revision('latestReadyRevision'),
    rolledOut: revision('latestRolledoutRevision'),
    before: revision('previousRolledoutRevision'),
  };
}

/** Percent of requests KServe says the candidate gets; null while it says nothing. */
export function reportedShare(live: TargetObject, canary: string | null): number | null {
  if (canary !== null) {
    const found = asList(asObject(live.status).canaryStatuses)
      .map(asObject)
      .find(({ name }) => name === canary);
    return asNumber(found?.trafficPercent);
  }
  const traffic = asList(predictorStatus(live).traffic).map(asObject);
  const latest = traffic.find(({ latestRevision }) => latestRevision === true);
  if (latest === undefined) return null;
  // Both parts of a division may go to one revision: it then has all of it.
  return traffic
    .filter(({ revisionName }) => revisionName === latest.revisionName)
    .reduce((sum, { percent }) => sum + (asNumber(percent) ?? 0), 0);
}

export interface Condition {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export function conditionOf(live: TargetObject, type: string): Condition | null {
  const found = asList(asObject(live.status).conditions)
    .map(asObject)
    .find((condition) => condition.type === type);
  if (found === undefined) return null;
  return { status: asText(found.status) ?? '', reason: asText(found.reason) ?? '', message: asText(found.message) ?? '' };
}
