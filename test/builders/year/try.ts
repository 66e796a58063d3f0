import { mkdirSync, writeFileSync } from 'node:fs';
import { lookAt } from './look.ts';
import { tellYear } from './story.ts';
const t0 = performance.now();
const said: unknown[] = [];
const [days, seed, models, folder] = [
  Number(process.argv[2] ?? 60),
  Number(process.argv[3] ?? 1),
  Number(process.argv[4] ?? 200),
  process.argv[5] ?? '/tmp/year-out',
];
const year = await tellYear({
  seed,
  models,
  days,
  lookOn: [20, 40, 60, 90, 120, 150, 180, 210, 240, 270, 300, 330, 365],
  look: async (y) => {
    said.push(await lookAt(y.world));
    console.log(
      ((y.world.clock.nowMs() - Date.UTC(2026, 0, 1)) / 86400000).toFixed(3),
      Math.round(performance.now() - t0),
      y.decisions.made,
      y.world.api.list('riskincidents').length,
    );
  },
});
mkdirSync(folder, { recursive: true });
writeFileSync(folder + '/log.jsonl', year.world.sink.join('\n') + '\n');
writeFileSync(
  folder + '/said.json',
  JSON.stringify(said, (_, v: unknown) => (v === Infinity ? 'Infinity' : v)),
);
console.log(Object.fromEntries(year.counts));
const reasons = new Map<string, number>();
for (const d of year.world.api.list('riskdecisions') as any[]) {
  const c = d.status?.conditions?.[0];
  const k = `${d.spec.action} ${c?.reason}`;
  reasons.set(k, (reasons.get(k) ?? 0) + 1);
}
console.log(Object.fromEntries([...reasons].sort()));
console.log(year.world.complaints.length, [...new Set(year.world.complaints.map((c) => c.slice(0, 100)))].slice(0, 8));
console.log(year.world.sink.length);
await year.world.stop();
