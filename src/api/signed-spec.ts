import type { ModelRisk } from './model-risk.ts';
import { toHistory, toImpact } from './likelihood-impact.ts';
import type { RiskPolicySpec } from './risk-policy.ts';
import { same, told } from './signed-limits.ts';
import type { HeldTerm } from './signed-limits.ts';
import type { SignedModel } from './signed-text.ts';
import { comonotonicP95, meanImpact } from '../core/risk/event-loss.ts';
import { incidentRate, meanRate } from '../core/risk/incident-rate.ts';
import type { Criticality } from '../core/risk/tier.ts';

type Spec = ModelRisk['spec'];
type Entry = SignedModel['risks'][number];

export interface SignedSpec {
  /** What is judged and priced in place of what is written; its indicators are bounded after playbook and floors were laid on them. */
  readonly spec: Spec;
  readonly held: readonly HeldTerm[];
}

/** What an owner wrote, as far as it weakens nothing that was signed. */
export function signedSpec(written: Spec, signed: SignedModel): SignedSpec {
  const risks = signedRisks(written.risks, signed.risks);
  const { labelMaturitySeconds: maturity } = signed.model;
  const { labelMaturitySeconds: _, ...model } = written.model;
  const { criticality: declared, ...rest } = written;
  const criticality = higher(declared, signed.criticality);
  // A model that was signed while it was suspended is looked at as soon as its owner lets it.
  const suspend = signed.suspend === 'Hold' ? written.suspend : 'None';
  const spec: Spec = {
    ...rest,
    policyRef: { name: signed.policyRef.name },
    model: { ...model, ...(maturity === undefined ? {} : { labelMaturitySeconds: maturity }) },
    ...(criticality === undefined ? {} : { criticality }),
    suspend,
    // What a signed model runs on is what is looked at: beside another that does well a bad one is not seen.
    workloadRefs: [...(signed.workloadRefs.length === 0 ? written.workloadRefs : signed.workloadRefs)],
    risks: risks.map(({ entry }) => entry),
  };
  const term = (field: string, is: unknown, was: unknown): readonly HeldTerm[] =>
    same(is, was) ? [] : [{ field, indicator: null, signed: told(was), written: told(is) }];
  return {
    spec,
    held: [
      ...term('policyRef.name', written.policyRef.name, spec.policyRef.name),
      ...term('criticality', declared, criticality),
      ...term('suspend', written.suspend, spec.suspend),
      ...term('model.labelMaturitySeconds', written.model.labelMaturitySeconds, maturity),
      ...term('workloadRefs', namesOf(written.workloadRefs), namesOf(spec.workloadRefs)),
      ...risks.flatMap(({ held }) => held),
    ],
  };
}

function namesOf(refs: Spec['workloadRefs']): string {
  return (
    refs
      .map(({ kind, name }) => `${kind} ${name}`)
      .toSorted()
      .join(', ') || 'none'
  );
}

const criticalities: readonly Criticality[] = ['Low', 'Medium', 'High', 'Critical'];

function higher(a: Criticality | undefined, b: Criticality | undefined): Criticality | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return criticalities.indexOf(a) > criticalities.indexOf(b) ? a : b;
}

interface LimitedEntry {
  readonly entry: Entry;
  readonly held: readonly HeldTerm[];
}

function signedRisks(written: readonly Entry[], signed: readonly Entry[]): readonly LimitedEntry[] {
  const gone = signed.filter(({ name }) => !written.some((each) => each.name === name));
  return [
    ...written.map((entry) => {
      const before = signed.find(({ name }) => name === entry.name);
      return before === undefined ? { entry, held: [] } : limitedEntry(entry, before);
    }),
    ...gone.map((entry) => ({ entry, held: [{ field: `risks.${entry.name}`, indicator: null, signed: 'as signed', written: 'removed' }] })),
  ];
}

/** The price that was signed, unless what is written since is no lower in any part; the category whose evidence counts stays. */
function limitedEntry(written: Entry, signed: Entry): LimitedEntry {
  const { likelihood, impact, ...rest } = written;
  const isCheaper = isWeaker(written, signed);
  const price = isCheaper ? signed : { ...(likelihood === undefined ? {} : { likelihood }), ...(impact === undefined ? {} : { impact }) };
  const entry: Entry = {
    ...rest,
    category: signed.category,
    ...(price.likelihood === undefined ? {} : { likelihood: price.likelihood }),
    ...(price.impact === undefined ? {} : { impact: price.impact }),
  };
  const held = (['category', 'likelihood', 'impact'] as const).flatMap((field): readonly HeldTerm[] =>
    same(entry[field], written[field])
      ? []
      : [{ field: `risks.${written.name}.${field}`, indicator: null, signed: told(signed[field]), written: told(written[field]) }],
  );
  return { entry, held };
}

function isWeaker(written: Entry, signed: Entry): boolean {
  const before = priceOf(signed);
  if (before === null) return false;
  const now = priceOf(written);
  if (now === null) return true;
  const isLower = now.rate < before.rate || now.mean < before.mean || now.p95 < before.p95;
  return isLower || (before.dependence === 'Comonotonic' && now.dependence === 'Independent');
}

function priceOf({ likelihood, impact }: Entry) {
  const priced = impact === undefined ? null : toImpact(impact);
  if (likelihood === undefined || priced === null) return null;
  const { prior, confirmed } = toHistory(likelihood);
  const rate = meanRate(incidentRate(prior, confirmed));
  return { rate, mean: meanImpact(priced), p95: comonotonicP95(priced), dependence: priced.dependence };
}

type Templates = RiskPolicySpec['signals'];

/** Templates as this model is judged by: those that were signed in place of those of the policy, whoever edited or removed them. */
export function signedTemplates(signals: Templates, signed: SignedModel): { readonly signals: Templates; readonly held: Templates } {
  const held = signed.signals.filter(
    (template) =>
      !same(
        signals.find(({ name }) => name === template.name),
        template,
      ),
  );
  const others = signals.filter(({ name }) => !held.some((template) => template.name === name));
  return { signals: held.length === 0 ? signals : [...others, ...held], held };
}
