/** Instant queries a Prometheus has answered since it began, by its own `/metrics`, whatever came of them. */
export function countQueries(exposition: string): number {
  return exposition
    .split('\n')
    .filter((line) => line.startsWith('prometheus_http_requests_total{') && line.includes('handler="/api/v1/query"'))
    .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

export async function queriesAnsweredBy(prometheusURL: string): Promise<number> {
  const response = await fetch(`${prometheusURL}/metrics`);
  if (!response.ok) throw new Error(`Prometheus does not expose its metrics: HTTP ${response.status}`);
  return countQueries(await response.text());
}
