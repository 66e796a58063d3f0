import type { MitigationPlan } from '../api/mitigation-plan.ts';
import type { ReportSection } from '../core/report/document.ts';
import { tableOr } from './field-table.ts';
import { fieldOf } from './source.ts';

const unknown = 'unknown';

/** The plans that protect a model, where they stand, and whether they were tried out. */
export function planSection(plans: readonly MitigationPlan[]): ReportSection {
  const rows = plans.map((plan) => ({
    cells: cellsOf(plan),
    source: fieldOf('MitigationPlan', plan, '.spec', '.status.phase', '.status.stage', '.status.lastDrill'),
  }));
  const columns = ['Plan', 'Owner', 'Mode', 'Engaged by', 'Acts on', 'Phase', 'Last drill'];
  return {
    heading: 'Plans',
    blocks: [tableOr({ kind: 'Table', caption: 'Plans that protect the model', columns, rows }, 'No plan protects the model.')],
  };
}

function cellsOf({ metadata, spec, status }: MitigationPlan): readonly string[] {
  const { stage, lastDrill } = status;
  const phase = status.phase ?? unknown;
  return [
    metadata.name,
    spec.owner,
    spec.mode,
    `${spec.trigger.match === 'All' ? 'all of ' : ''}${spec.trigger.indicators.join(', ')}`,
    spec.targets.map(({ name }) => name).join(', '),
    stage === undefined ? phase : `${phase}: stage ${stage.name} since ${stage.since}`,
    lastDrill === undefined ? 'none' : `${lastDrill.result} at ${lastDrill.at} (${lastDrill.scope})${recoveryText(lastDrill)}`,
  ];
}

const words = { Within: 'within', Beyond: 'beyond', NotDeclared: '', NotMeasured: '' } as const;

/** Of a drill an earlier version recorded only what it measured is known. */
function recoveryText({
  recovery = 'NotDeclared',
  timeToMitigateSeconds,
  recoveryTimeSeconds,
}: NonNullable<MitigationPlan['status']['lastDrill']>): string {
  if (timeToMitigateSeconds === undefined) return ', time not measured';
  const held = recoveryTimeSeconds === undefined ? 'no recovery time on record' : `${words[recovery]} ${String(recoveryTimeSeconds)} s`;
  return `, in effect after ${String(timeToMitigateSeconds)} s: ${held}`;
}
