import { writeFileSync } from 'node:fs';
import { tellYear } from './story.ts';
const t0 = performance.now();
const year = await tellYear({
  seed: Number(process.argv[3] ?? 1),
  models: Number(process.argv[4] ?? 200),
  days: Number(process.argv[2] ?? 60),
  lookOn: [30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 330, 365],
  look: async (y) => {
    console.log(
      ((y.world.clock.nowMs() - Date.UTC(2026, 0, 1)) / 86400000).toFixed(3),
      Math.round(performance.now() - t0),
      y.decisions.made,
      y.world.api.list('riskincidents').length,
    );
  },
});
console.log(Object.fromEntries(year.counts));
const reasons = new Map<string, number>();
for (const d of year.world.api.list('riskdecisions') as any[]) {
  const c = d.status?.conditions?.[0];
  const k = `${d.spec.action} ${c?.reason}`;
  reasons.set(k, (reasons.get(k) ?? 0) + 1);
}
console.log(Object.fromEntries([...reasons].sort()));
console.log(year.world.complaints.length, [...new Set(year.world.complaints.map((c) => c.slice(0, 400)))].slice(0, 8));
console.log(year.world.sink.length);
await year.world.stop();
