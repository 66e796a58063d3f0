import { describe, expect, it } from '@jest/globals';

import { surroundingsIn } from '../../../src/actuators/backends.ts';
import { surroundings } from '../../builders/http-route.ts';

const others = surroundings();
const around = (found: { readonly service?: unknown; readonly slices?: readonly unknown[] }, asked: string[] = []) =>
  surroundingsIn({
    service: (...name) => {
      asked.push(name.join('/'));
      return found.service;
    },
    slicesOf: (...name) => {
      asked.push(name.join('/'));
      return found.slices ?? [];
    },
    workload: (...of) => others.workload(...of),
    rollersOf: (...of) => others.rollersOf(...of),
  });

const portsOf = (service: unknown) => around({ service }).servicePorts('lending', 'credit-v1');
const readyIn = (...slices: readonly unknown[]) => around({ slices }).readyEndpoints('lending', 'credit-v1');
const endpoint = (ready?: boolean | null) => ({ addresses: ['10.0.0.1'], conditions: ready === undefined ? {} : { ready, serving: true } });

describe('ports of a Service', () => {
  it('are those it lists, none where it lists none', () => {
    expect(portsOf({ spec: { ports: [{ port: 8080, targetPort: 1 }, { port: 9090 }] } })).toEqual([8080, 9090]);
    expect(portsOf({ spec: { type: 'ExternalName' } })).toEqual([]);
  });

  it('are unknown, which is not none, where there is no such Service or it can’t be read', () => {
    for (const odd of [undefined, null, {}, { spec: { ports: [{ port: 'http' }] } }]) expect(portsOf(odd)).toBeNull();
  });

  it('are looked up under the name that was asked for', () => {
    const asked: string[] = [];
    const found = around({ service: undefined }, asked);
    found.servicePorts('lending', 'a');
    found.readyEndpoints('other', 'b');
    expect(asked).toEqual(['lending/a', 'other/b']);
  });
});

describe('ready endpoints', () => {
  it('are counted over all slices of the Service', () => {
    expect(readyIn({ endpoints: [endpoint(true), endpoint(true)] }, { endpoints: [endpoint(true)] })).toBe(3);
    expect(readyIn()).toBe(0);
  });

  it('are those that do not say they are not: no word, and null, mean ready (discovery.k8s.io/v1)', () => {
    expect(readyIn({ endpoints: [endpoint(false), endpoint(true), endpoint(), endpoint(null), { addresses: [] }] })).toBe(4);
    expect(readyIn({ endpoints: [endpoint(false)] })).toBe(0);
  });

  it('are none in a slice without a list, as one of an empty Service is, nor in one that can’t be read', () => {
    expect(readyIn({ endpoints: null }, {}, { endpoints: [endpoint(true)] })).toBe(1);
    expect(readyIn({ endpoints: 'many' }, null, { endpoints: [{ conditions: { ready: 'yes' } }] })).toBe(0);
  });
});
