import { isContinued } from '../api/open-incident.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { Store } from '../kube/store.ts';

interface RawIncident {
  readonly spec?: { readonly report?: object; readonly continues?: string };
  readonly status?: { readonly entries?: readonly { readonly type?: string }[] };
}

const continuedBy = (object: UntypedObject): string | undefined => (object as RawIncident).spec?.continues;

/** All objects one record fills, oldest first: a long one goes on in another object that names the one before. */
export function recordParts(
  object: UntypedObject,
  incidents: Pick<Store<UntypedObject, 'namespace'>, 'get' | 'byIndex'>,
): readonly UntypedObject[] {
  const { namespace = '' } = object.metadata;
  const parts = [object];
  for (;;) {
    const before = continuedBy(parts[0] ?? object);
    const found = before === undefined ? undefined : incidents.get(`${namespace}/${before}`);
    if (found === undefined || parts.includes(found)) break;
    parts.unshift(found);
  }
  for (let last: UntypedObject | undefined = object; last !== undefined && isContinued(last);) {
    const name: string = last.metadata.name;
    last = incidents.byIndex('namespace', namespace).find((each) => continuedBy(each) === name && !parts.includes(each));
    if (last !== undefined) parts.push(last);
  }
  return parts;
}

/** A person reported it, looked back at it, or told an authority of it: nothing else has a clock or a finding. */
export function isHandledByPeople(object: UntypedObject): boolean {
  const { spec, status } = object as RawIncident;
  return spec?.report !== undefined || (status?.entries?.some(({ type }) => type === 'Postmortem' || type === 'ReportFiled') ?? false);
}
