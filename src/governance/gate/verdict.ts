/** Whether a version of a model may go out, by what its ModelRisk says of it. Pure: one answer for pipelines, the command line and the endpoint. */

/** What can stand in the way. */
type GateItemKind = 'NotObserved' | 'VersionUnknown' | 'SignOffMissing' | Waivable;

/** What a version may be let off, e.g. one that mends what the incident is about. Never its sign-offs: the admission policy asks for them. */
export const waivable = ['DocumentationMissing', 'ReviewOverdue', 'IncidentOpen', 'LimitBroken'] as const;
export type Waivable = (typeof waivable)[number];

interface GateItem {
  readonly kind: GateItemKind;
  readonly message: string;
  /** The asker said that it does not count this time. */
  readonly waived: boolean;
}

export interface GateAnswer {
  readonly decision: 'Go' | 'NoGo';
  readonly namespace: string;
  readonly model: string;
  readonly version: string;
  readonly tier: string | null;
  /** Every one of them, not the first. */
  readonly items: readonly GateItem[];
}

interface ConditionFact {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

/** What is known of a model. */
export interface GatedModel {
  readonly namespace: string;
  /** Name of the ModelRisk. */
  readonly risk: string;
  readonly tier: string | null;
  /** The version under guard. */
  readonly version: string;
  /** The operator has looked at the model as it is written now. */
  readonly isObserved: boolean;
  readonly conditions: readonly ConditionFact[];
  readonly approvedVersions: readonly { readonly version: string; readonly expires: string | null }[];
  /** Roles whose sign-off the version under guard lacks. */
  readonly missingSignOffs: readonly string[];
  readonly broken: readonly { readonly indicator: string; readonly message: string }[];
  readonly openIncidents: readonly string[];
}

export interface GateQuestion {
  readonly version: string;
  readonly waive: readonly Waivable[];
  /** Now, in milliseconds: what was approved until then no longer is. */
  readonly nowMs: number;
}

type Found = Omit<GateItem, 'waived'>;

function signOffItems(model: GatedModel, { version, nowMs }: GateQuestion): readonly Found[] {
  const { namespace, risk, approvedVersions, missingSignOffs } = model;
  if (needsNoSignOff(model)) return [];
  const approved = approvedVersions.find((each) => each.version === version);
  if (approved !== undefined && (approved.expires === null || Date.parse(approved.expires) > nowMs)) return [];
  if (version !== model.version) {
    const known = approvedVersions.map((each) => each.version).join(', ');
    const message = `Version ${version} is not approved (${known === '' ? 'none is' : `approved: ${known}`}), and ModelRisk ${namespace}/${risk} guards ${model.version}: write spec.model.version: "${version}" there and have it signed off.`;
    return [{ kind: 'VersionUnknown', message }];
  }
  const sign = (role: string): string => `kubectl modelrisk sign-off ${risk} -n ${namespace} --role ${role}`;
  if (missingSignOffs.length === 0)
    return [
      {
        kind: 'SignOffMissing',
        message: `Version ${version} does not carry all sign-offs its tier asks for: ${conditionText(model, 'SignedOff')}`,
      },
    ];
  return missingSignOffs.map((role) => ({
    kind: 'SignOffMissing',
    message: `Nobody who counts has signed version ${version} in role ${role}: ${sign(role)}`,
  }));
}

/** The tier asks for none; what cannot be told asks for all. */
export function needsNoSignOff({ conditions }: { readonly conditions: readonly Pick<ConditionFact, 'type' | 'reason'>[] }): boolean {
  return conditions.some(({ type, reason }) => type === 'SignedOff' && reason === 'NotRequired');
}

function conditionText({ conditions }: GatedModel, type: string): string {
  return conditions.find((each) => each.type === type)?.message ?? `condition ${type} says why.`;
}

function deniedBy(model: GatedModel, type: string, kind: GateItemKind): readonly Found[] {
  const denied = model.conditions.find((each) => each.type === type && each.status === 'False');
  return denied === undefined ? [] : [{ kind, message: denied.message }];
}

/** Every open item of this version of this model; go only where none is left that counts. */
export function judgeGate(model: GatedModel, question: GateQuestion): GateAnswer {
  const { namespace, risk, tier, broken, openIncidents } = model;
  const unseen = `The operator has not looked at ModelRisk ${namespace}/${risk} as it is written now: ask again in a moment.`;
  const found: readonly Found[] = [
    ...(model.isObserved ? [] : [{ kind: 'NotObserved' as const, message: unseen }]),
    ...signOffItems(model, question),
    ...deniedBy(model, 'Documented', 'DocumentationMissing'),
    ...deniedBy(model, 'ReviewCurrent', 'ReviewOverdue'),
    ...openIncidents.map((name) => ({
      kind: 'IncidentOpen' as const,
      message: `RiskIncident ${name} is open: kubectl get rincident ${name} -n ${namespace} says what is awaited.`,
    })),
    ...broken.map(({ indicator, message }) => ({
      kind: 'LimitBroken' as const,
      message: message === '' ? `Indicator ${indicator} broke its limit and has not been clear for long enough.` : message,
    })),
  ];
  const items = found.map((item) => ({ ...item, waived: question.waive.some((kind) => kind === item.kind) }));
  return {
    decision: items.every(({ waived }) => waived) ? 'Go' : 'NoGo',
    ...{ namespace, model: risk, version: question.version, tier, items },
  };
}

/** For people, a line each. */
export function gateSentences({ decision, namespace, model, version, items }: GateAnswer): readonly string[] {
  const open = items.filter(({ waived }) => !waived).length;
  const verdict = decision === 'Go' ? 'go' : `no-go, ${String(open)} open`;
  return [
    ...items.map(({ kind, message, waived }) => `${waived ? '(waived) ' : ''}${kind}: ${message}`),
    `${namespace}/${model} version ${version}: ${verdict}.`,
  ];
}
