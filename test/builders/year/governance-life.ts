import type { SeenModel } from './acts.ts';
import { toText } from './acts.ts';
import { day, signers } from './cast.ts';
import { countIn } from './story.ts';
import type { Year } from './story.ts';

function modelOf({ world }: Year, key: string): SeenModel | null {
  const [namespace = '', name = ''] = key.split('/');
  return world.api.get('modelrisks', name, namespace);
}

/** Who signs gives all that is missing; now and then somebody who may not, or in the wrong role, or what was before. */
export async function signModels(year: Year): Promise<void> {
  const { world, dice, decisions, models } = year;
  for (const key of models.keys()) {
    const model = modelOf(year, key);
    const missing = model?.status?.missingSignOffs ?? [];
    const policy = world.api.get('riskpolicies', 'default');
    if (model === null || policy === null || missing.length === 0 || !dice.happens(0.05 * year.bustle)) continue;
    const nowMs = world.clock.nowMs();
    for (const role of missing) {
      const author = dice.happens(0.04) ? (models.get(key)?.owner ?? '') : dice.happens(0.04) ? 'pia' : dice.pick(signers[role] ?? []);
      const asked = dice.happens(0.03) ? 'risk' : role;
      const ends = dice.happens(0.3) ? { expiresAt: toText(nowMs + dice.between(20, 200) * day * 1000) } : {};
      const spoilt = dice.happens(0.03) ? { digest: `sha256:${'0'.repeat(64)}` } : {};
      decisions.signOff(model, policy, { author, role: asked, ...ends, ...spoilt });
      countIn(year, 'signOffs');
      await world.pass(2);
    }
  }
}

export async function reviewModels(year: Year): Promise<void> {
  const { world, dice, decisions, models } = year;
  for (const key of models.keys()) {
    const model = modelOf(year, key);
    const next = Date.parse(model?.status?.review?.next ?? '');
    const isNear = next - world.clock.nowMs() < 25 * day * 1000;
    if (model === null || !dice.happens(year.bustle * (isNear ? 0.04 : 0.0004))) continue;
    const stale = dice.happens(0.05) ? { digest: `sha256:${'1'.repeat(64)}` } : {};
    const role = dice.happens(0.06) ? 'product' : 'risk';
    decisions.onModel(model, { action: 'Review', role, minutesSpent: dice.between(10, 400), ...stale });
    countIn(year, 'reviews');
    await world.pass(2);
  }
}

/** Some for too long, some again and again, some by who wrote the model, and some that ended before they began. */
export async function acceptRisks(year: Year): Promise<void> {
  const { world, dice, decisions, models } = year;
  if (!dice.happens((0.6 * year.bustle * models.size) / 200)) return;
  const breaching = [...year.breaching.keys()];
  const key = breaching.length > 0 && dice.happens(0.6) ? dice.pick(breaching) : dice.pick([...models.keys()]);
  const model = modelOf(year, key);
  if (model === null) return;
  const length = dice.happens(0.1) ? dice.between(46, 80) : dice.between(-1, 45);
  const author = dice.happens(0.1) ? (models.get(key)?.owner ?? '') : 'ana';
  const expiresAt = toText(world.clock.nowMs() + length * day * 1000);
  decisions.onModel(model, { action: 'Accept', author, indicators: ['watched'], expiresAt });
  countIn(year, 'accepts');
  await world.pass(2);
}
