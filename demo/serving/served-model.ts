import { performance } from 'node:perf_hooks';

import type { Clock } from '../../src/shared/clock.ts';
import type { CensusRow, FeatureColumn } from '../census/row.ts';
import { featureColumnNames, withEmptyColumn } from '../census/row.ts';
import { readDemoRows, readModelFiles } from '../data-files.ts';
import { createCandidateModel } from '../model/candidate-model.ts';
import { createSafeModel } from '../model/safe-model.ts';
import { createFeaturePipeline } from './feature-pipeline.ts';
import { createModelMetrics } from './model-metrics.ts';
import { createOpenDecisions } from './open-decisions.ts';
import { decisions, groups } from './request-handler.ts';
import type { ServedModel } from './request-handler.ts';

export type Role = 'candidate' | 'safe';

export const modelName = 'employment';

/** Ten minutes of the demo's traffic. */
const mostOpenDecisions = 120_000;

type Score = (row: CensusRow, emptyColumn: FeatureColumn | null) => number | null;

/** One version of the employment model with everything it counts. */
export function createServedModel({
  role,
  version,
  clock,
}: {
  readonly role: Role;
  readonly version: string;
  readonly clock: Clock;
}): ServedModel {
  return {
    version,
    score: scorerFor(role),
    pipeline: createFeaturePipeline(),
    metrics: createModelMetrics({
      ...{ model: modelName, version, upperBounds: readModelFiles().reference.upperBounds, decisions, groups },
      features: featureColumnNames,
      saturation: createBusyShare(),
    }),
    openDecisions: createOpenDecisions(mostOpenDecisions),
    nowMs: () => clock.nowMs(),
  };
}

function scorerFor(role: Role): Score {
  const files = readModelFiles();
  if (role === 'safe') {
    const score = createSafeModel(files.safe);
    return (row, emptyColumn) => score(emptyColumn === null ? row : withEmptyColumn(row, emptyColumn));
  }
  const { ordinary, shift } = readDemoRows();
  const published = new Map([...ordinary, ...shift].map((row) => [row.id, row.publishedScore]));
  return createCandidateModel(files.candidate, (id) => published.get(id));
}

/** This process works on one request at a time, so it is as saturated as it was busy since it was asked last. */
function createBusyShare(): () => number {
  let last = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return utilization;
  };
}
