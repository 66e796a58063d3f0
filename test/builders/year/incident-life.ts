import type { SeenIncident, SeenPlan } from './acts.ts';
import { toText } from './acts.ts';
import { criticalities, day } from './cast.ts';
import { countIn, rewrite } from './story.ts';
import type { Year } from './story.ts';

const hourMs = 3_600_000;

function breach({ dice, models, breaching, world, bustle }: Year, today: number): void {
  for (const key of models.keys()) {
    const until = breaching.get(key);
    if (until === undefined && dice.happens(0.0035 * bustle)) {
      breaching.set(key, today + dice.between(1, 9));
      world.values.set(key, 0.4 + dice.next());
    } else if (until !== undefined && until <= today) {
      breaching.delete(key);
      world.values.set(key, 0.01);
    }
  }
}

async function report(year: Year): Promise<void> {
  const { dice, world, models, decisions, bustle } = year;
  if (!dice.happens((0.2 * bustle * models.size) / 200)) return;
  const [namespace = '', name = ''] = dice.pick([...models.keys()]).split('/');
  const model = world.api.get('modelrisks', name, namespace);
  if (model === null) return;
  const awareMs = world.clock.nowMs() - dice.between(0, 72) * hourMs;
  const told = {
    ...{
      awareAt: toText(awareMs),
      onsetAt: toText(awareMs - dice.between(1, 600) * hourMs),
      knownFrom: dice.pick(['Customer', 'Regulator', 'Person']),
    },
    ...{ category: dice.pick(['Fairness', 'DataQuality', 'Privacy']), severity: dice.pick(criticalities), harm: 'Some were refused.' },
  };
  decisions.onModel(model, { action: 'ReportIncident', report: told });
  countIn(year, 'reports');
  await world.pass(3);
}

const typesOf = (incident: SeenIncident): ReadonlySet<string> => new Set((incident.status?.entries ?? []).map(({ type }) => type));

function lookBack({ dice }: Year, incident: SeenIncident): object {
  const isTrue = dice.happens(0.75);
  const onsetMs = Date.parse(incident.spec.openedAt) - dice.between(1, 200) * hourMs;
  const finding = { name: 'again', summary: 'Look again.', remediation: `fix-${String(dice.between(1, 9))}` };
  return {
    verdict: isTrue ? 'TruePositive' : 'FalsePositive',
    harmConfirmed: isTrue ? dice.pick(['Confirmed', 'RuledOut', 'Unknown']) : 'RuledOut',
    ...(dice.happens(0.25) ? { severity: dice.pick(criticalities) } : {}),
    ...(dice.happens(0.5) ? { onsetAt: toText(onsetMs) } : {}),
    findings: dice.happens(0.4) ? [finding] : [],
  };
}

function planOf({ world }: Year, { metadata, spec }: SeenIncident): SeenPlan | null {
  return world.api.get('mitigationplans', spec.planRef?.name ?? '', metadata.namespace ?? '');
}

/** What people do about one incident on one day; null: nothing. */
function act(year: Year, incident: SeenIncident): string | null {
  const { dice, decisions, breaching, world } = year;
  const types = typesOf(incident);
  const { status, spec, metadata } = incident;
  const isOpen = status?.closedAt === undefined;
  const due = status?.deadlines?.find(({ filedAt }) => filedAt === undefined);
  if (due !== undefined && dice.happens(0.09)) {
    const filed = { reporting: due.name, at: toText(world.clock.nowMs() - dice.between(0, 30) * hourMs), reference: 'MSA-1' };
    decisions.onIncident(incident, { action: 'FileReport', role: 'compliance', filed });
    return 'filings';
  }
  if (isOpen && !types.has('Acknowledged') && dice.happens(0.5)) {
    decisions.onIncident(incident, { action: 'Acknowledge' });
    return 'acknowledgements';
  }
  const plan = planOf(year, incident);
  const { phase, engagement } = plan?.status?.memory ?? {};
  if (isOpen && plan !== null && phase === 'Engaged') {
    const isOver = !breaching.has(`${metadata.namespace ?? ''}/${spec.riskRef.name}`);
    if (dice.happens(isOver ? 0.4 : 0.02)) {
      decisions.onPlan(plan, { action: 'Release', engagement });
      return 'releases';
    }
    if (dice.happens(0.05)) {
      decisions.onPlan(plan, { action: 'Hold', expiresAt: toText(world.clock.nowMs() + dice.between(1, 10) * day * 1000) });
      return 'holds';
    }
  }
  const chance = types.has('Postmortem') ? 0.003 : spec.report !== undefined ? 0.08 : isOpen ? 0.02 : 0.15;
  if (!dice.happens(chance)) return null;
  decisions.onIncident(incident, { action: 'Postmortem', postmortem: lookBack(year, incident) });
  return 'postmortems';
}

/** Findings become entries of the model, sooner or later. */
function mend(year: Year, { metadata, spec, status }: SeenIncident): void {
  const key = `${metadata.namespace ?? ''}/${spec.riskRef.name}`;
  const open = status?.findings?.find(({ state }) => state === 'Open')?.remediation;
  const terms = year.models.get(key);
  if (open === undefined || terms === undefined || !year.dice.happens(0.05)) return;
  rewrite(year, key, { remediations: [...new Set([...terms.remediations, open])] });
  countIn(year, 'mended');
}

export async function tellIncidents(year: Year, today: number): Promise<void> {
  const { world } = year;
  breach(year, today);
  await report(year);
  for (const object of world.api.list('riskincidents')) {
    const incident = object as unknown as SeenIncident;
    mend(year, incident);
    const done = act(year, incident);
    if (done === null) continue;
    countIn(year, done);
    await world.pass(2);
  }
}
