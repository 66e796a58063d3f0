import { describe, expect, it } from '@jest/globals';
import { countQueries } from '../../../bench/query-count.ts';

describe('queries by Prometheus’ own count', () => {
  it('adds up instant queries of every status code and nothing else', () => {
    const exposition = [
      '# HELP prometheus_http_requests_total Counter of HTTP requests.',
      '# TYPE prometheus_http_requests_total counter',
      'prometheus_http_requests_total{code="200",handler="/api/v1/query"} 297',
      'prometheus_http_requests_total{code="400",handler="/api/v1/query"} 3',
      'prometheus_http_requests_total{code="200",handler="/api/v1/query_range"} 17',
      'prometheus_http_requests_total{code="200",handler="/metrics"} 5',
      'prometheus_http_request_duration_seconds_count{handler="/api/v1/query"} 300',
      '',
    ].join('\n');
    expect(countQueries(exposition)).toBe(300);
  });

  it('is none before the first', () => {
    expect(countQueries('up 1\n')).toBe(0);
  });
});
