/**
 * Stand-ins for three tools: text as their metrics endpoint has it, without the tool. Names and labels of TrustyAI are those of
 * its PrometheusPublisher; a Pushgateway adds the labels of the grouping key and push_time_seconds to what a job pushed. The figures are made up.
 */
export interface ToolState {
  /** Runs of the tool so far: it moves while the tool works, and stands still when it died. */
  readonly runs: number;
  readonly lastRunAtMs: number;
}

type Gauges = (state: ToolState) => readonly string[];

const request = 'request="5a9f2c1e-1b1f-3d0f-9a55-0d8c2f1f6a01"';
const column = (name: string, pValue: number): string =>
  `trustyai_meanshift{batch_size="5000",metricName="MEANSHIFT",model="credit",${request},subcategory="${name}"} ${String(pValue)}`;

const trustyai: Gauges = ({ runs }) => {
  const group = (metric: string): string =>
    `batch_size="5000",favorable_value="1",metricName="${metric}",model="credit",outcome="approved",privileged="1",protected="gender",${request},unprivileged="0"`;
  return [
    '# TYPE trustyai_spd gauge',
    `trustyai_spd{${group('SPD')}} -0.05`,
    '# TYPE trustyai_dir gauge',
    `trustyai_dir{${group('DIR')}} 1.1`,
    '# TYPE trustyai_meanshift gauge',
    ...[column('age', 0.41), column('income', 0.22)],
    '# TYPE trustyai_model_observations_total gauge',
    `trustyai_model_observations_total{model="credit",${request}} ${String(12_450 + 100 * runs)}`,
  ];
};

function pushed(job: string, gauges: Readonly<Record<string, number>>): Gauges {
  const group = `instance="",job="${job}",model="credit",version="2.3.0"`;
  return ({ lastRunAtMs }) => [
    ...Object.entries(gauges).flatMap(([name, value]) => [`# TYPE ${name} gauge`, `${name}{${group}} ${String(value)}`]),
    '# TYPE push_time_seconds gauge',
    `push_time_seconds{${group}} ${String(lastRunAtMs / 1000)}`,
  ];
}

export const toolGauges: Readonly<Record<string, Gauges>> = {
  trustyai,
  evidently: pushed('evidently', { evidently_drifted_columns_share: 0.125, evidently_current_rows: 4_800 }),
  nannyml: pushed('nannyml', { nannyml_estimated_roc_auc: 0.781, nannyml_chunk_rows: 5_000 }),
};
