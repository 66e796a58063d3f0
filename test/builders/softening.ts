import { applyGuardedModelTo, startMemoryOperator } from './memory-operator.ts';
import type { MemoryOperator } from './memory-operator.ts';
import { signAll, signedPolicy, signedRisk } from './signing.ts';

type Fields = Readonly<Record<string, unknown>>;

/** One way to make a signed limit weaker, and what the status then says is held. */
export interface Softening {
  readonly way: string;
  readonly risk?: object;
  readonly policy?: object;
  /** Fields of the indicator that are held. */
  readonly limits?: readonly string[];
  /** Fields of the model that are held. */
  readonly terms?: readonly string[];
}

export const price = {
  likelihood: { incidents: 2, years: 4 },
  impact: { revenue: { low: 100_000, high: 1_000_000 }, customerHarm: { low: 10_000, high: 100_000 } },
};
export const register = [{ name: 'stale-population', category: 'DataQuality', ...price }];
const limits = { direction: 'Above', warn: 0.1, breach: 0.25, clear: 0.1, severe: 0.5 };
export const strict: Fields = { threshold: limits, minSamples: 0, onNoData: 'Hold', onError: 'Breach' };

const runsOn = (...names: readonly string[]) => names.map((name) => ({ group: 'apps', kind: 'Deployment', name }));

/** The model as it is signed in every story. */
export function strictRisk(spec: Fields = {}, indicator: Fields = {}): object {
  // As a person sends it: what is undefined here is left out there.
  return JSON.parse(
    JSON.stringify(signedRisk({ risks: register, workloadRefs: runsOn('credit-v2'), ...spec }, { ...strict, ...indicator })),
  ) as object;
}

const threshold = (changes: Fields) => strictRisk({}, { threshold: { ...limits, ...changes } });
const without = (field: 'warn' | 'clear' | 'severe') => {
  const { [field]: _, ...rest } = limits;
  return strictRisk({}, { threshold: rest });
};
const entry = (changes: Fields) => strictRisk({ risks: [{ ...register[0], ...changes }] });
const inSpec = (spec: Fields, ...terms: readonly string[]): Omit<Softening, 'way'> => ({ risk: strictRisk(spec), terms });
const inLimits = (indicator: Fields, ...fields: readonly string[]): Omit<Softening, 'way'> => ({
  risk: strictRisk({}, indicator),
  limits: fields,
});
const other = {
  provider: 'prometheus',
  windowSeconds: 1,
  measurableIn: ['Live', 'Shadow'],
  identity: { namespace: 'namespace', model: 'model', version: 'version' },
};
const query = 'max by (namespace, model, version) (something_calm)';
const twoSignals = () => {
  const policy = signedPolicy() as { readonly spec: { readonly signals: readonly object[] } };
  return { ...policy, spec: { ...policy.spec, signals: [...policy.spec.signals, { name: 'calm', ...other, promQL: { query } }] } };
};

/** Every way an owner, or who writes the policy, could weaken what was signed. */
export const softenings: readonly Softening[] = [
  { way: 'a higher limit', risk: threshold({ breach: 0.95, severe: 0.99 }), limits: ['threshold.breach', 'threshold.severe'] },
  { way: 'a warning taken out', risk: without('warn'), limits: ['threshold.warn'] },
  { way: 'a higher warning', risk: threshold({ warn: 0.2 }), limits: ['threshold.warn'] },
  { way: 'a wider way back', risk: threshold({ clear: 0.25 }), limits: ['threshold.clear'] },
  { way: 'no worst case', risk: without('severe'), limits: ['threshold.severe'] },
  {
    way: 'a limit on the other side',
    risk: strictRisk({}, { threshold: { direction: 'Below', breach: -1 } }),
    limits: ['threshold.direction'],
  },
  { way: 'more rows', ...inLimits({ minSamples: 1_000_000 }, 'minSamples') },
  { way: 'fewer rows, so that anything is Ok', risk: strictRisk({}, { minSamples: undefined }), limits: ['minSamples'] },
  { way: 'a longer wait', ...inLimits({ forSeconds: 3600 }, 'forSeconds') },
  { way: 'a shorter way back', ...inLimits({ clearForSeconds: 0 }, 'clearForSeconds') },
  { way: 'older data', ...inLimits({ staleAfterSeconds: 86_400 }, 'staleAfterSeconds') },
  { way: 'silence as no news', ...inLimits({ onNoData: 'Ignore' }, 'onNoData') },
  { way: 'errors as no news', ...inLimits({ onError: 'Hold' }, 'onError') },
  {
    way: 'another risk to watch',
    risk: strictRisk({ risks: [...register, { name: 'small', category: 'Privacy' }] }, { risk: 'small' }),
    limits: ['risk'],
  },
  { way: 'the indicator taken out', ...inSpec({ indicators: [] }), limits: ['all'] },
  { way: 'another template', policy: twoSignals(), ...inLimits({ signal: { template: { name: 'calm' } } }, 'signal') },
  { way: 'the text of the template', policy: signedPolicy({}, { promQL: { query } }), limits: ['signals.score-drift'] },
  { way: 'the window of the template', policy: signedPolicy({}, { windowSeconds: 86_400 }), limits: ['signals.score-drift'] },
  { way: 'the template taken out', policy: signedPolicy({ signals: [] }), limits: ['signals.score-drift'] },
  {
    way: 'a query of its own',
    ...inLimits({ signal: { promQL: { provider: 'prometheus', query, windowSeconds: 1 } } }, 'signal'),
  },
  { way: 'a longer interval', ...inSpec({ evaluationIntervalSeconds: 3600 }, 'evaluationIntervalSeconds') },
  { way: 'suspension', ...inSpec({ suspend: 'Hold' }, 'suspend') },
  { way: 'another workload to look at', ...inSpec({ workloadRefs: runsOn('calm') }, 'workloadRefs') },
  { way: 'a workload that does well beside it', ...inSpec({ workloadRefs: runsOn('calm', 'credit-v2') }, 'workloadRefs') },
  { way: 'no workload', ...inSpec({ workloadRefs: [] }, 'workloadRefs') },
  { way: 'a lower criticality', ...inSpec({ criticality: 'Low' }, 'criticality') },
  { way: 'no criticality', ...inSpec({ criticality: undefined }, 'criticality') },
  { way: 'another policy', ...inSpec({ policyRef: { name: 'lenient' } }, 'policyRef.name') },
  {
    way: 'outcomes that never mature',
    ...inSpec({ model: { name: 'credit', version: '2.3.0', labelMaturitySeconds: 604_800 } }, 'model.labelMaturitySeconds'),
  },
  { way: 'a rarer incident', risk: entry({ likelihood: { incidents: 1, years: 100 } }), terms: ['risks.stale-population.likelihood'] },
  { way: 'a cheaper incident', risk: entry({ impact: { revenue: { low: 10, high: 100 } } }), terms: ['risks.stale-population.impact'] },
  {
    way: 'a thinner tail of the same mean',
    risk: entry({ impact: { revenue: { constant: 500_000 } } }),
    terms: ['risks.stale-population.impact'],
  },
  {
    way: 'parts that are not bad together',
    risk: entry({ impact: { ...price.impact, dependence: 'Independent' } }),
    terms: ['risks.stale-population.impact'],
  },
  {
    way: 'no price',
    risk: entry({ likelihood: undefined, impact: undefined }),
    terms: ['risks.stale-population.impact', 'risks.stale-population.likelihood'],
  },
  { way: 'another category', risk: entry({ category: 'Privacy' }), terms: ['risks.stale-population.category'] },
  {
    way: 'the risk taken out of the register',
    risk: strictRisk({ risks: [{ name: 'small', category: 'Privacy' }] }, { risk: 'small' }),
    limits: ['risk'],
    terms: ['risks.stale-population'],
  },
];

/** A model all have signed, under its operator. */
export async function startSigned(): Promise<MemoryOperator> {
  const world = await startMemoryOperator((api) => {
    applyGuardedModelTo(api);
    api.apply('riskpolicies', signedPolicy());
    api.apply('modelrisks', strictRisk());
  });
  await world.pass(2);
  await signAll(world);
  return world;
}
