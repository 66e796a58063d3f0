import * as z from 'zod';

/** The bricks of every schema. Each string and list has a bound, so that the server can price the CEL rules over it. */

const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const dnsSubdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const qualifiedName = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const mapKey = /^[-._a-zA-Z0-9]+$/;
const promLabel = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const sha256 = /^sha256:[0-9a-f]{64}$/;

const yearSeconds = 31_536_000;

/** Key of an entry in a list, or the name of a Service: lower case letters, digits and `-`. */
export function name(description: string) {
  return z.string().min(1).max(63).regex(dnsLabel).meta({ description });
}

/** Name of a Kubernetes object. */
export function objectName(description: string) {
  return z.string().min(1).max(253).regex(dnsSubdomain).meta({ description });
}

export function labelName(description: string) {
  return z.string().min(1).max(63).regex(promLabel).meta({ description });
}

export function text(maxLength: number, description: string) {
  return z.string().max(maxLength).meta({ description });
}

export function requiredText(maxLength: number, description: string) {
  return z.string().min(1).max(maxLength).meta({ description });
}

/** Key of a label or annotation, with or without a prefix. */
export function labelKey(description: string) {
  return z.string().min(1).max(317).regex(qualifiedName).meta({ description });
}

export function configMapKey(description: string) {
  return z.string().min(1).max(253).regex(mapKey).meta({ description });
}

export function promQL(description: string) {
  return requiredText(4096, description);
}

export function digest(description: string) {
  return z.string().max(71).regex(sha256).meta({ description });
}

export function uid(description: string) {
  return z.string().min(1).max(36).meta({ description });
}

export function seconds(minimum: number, description: string) {
  return z.int().min(minimum).max(yearSeconds).meta({ description });
}

export function percent(description: string) {
  return z.int().min(0).max(100).meta({ description });
}

export function count(maximum: number, description: string) {
  return z.int().min(0).max(maximum).meta({ description });
}

export function decimal(description: string) {
  return z.number().meta({ description });
}

export function port(description: string) {
  return z.int().min(1).max(65_535).meta({ description });
}

/** RFC 3339. */
export function instant(description: string) {
  return z.iso.datetime({ offset: true }).max(40).meta({ description });
}

export function generation(description: string) {
  return z.int().min(0).max(Number.MAX_SAFE_INTEGER).meta({ description });
}

/** List whose entries are merged by `key` (or several) in a server-side apply; the server refuses two entries of one key. */
export function mapList<Item extends z.ZodType>(item: Item, key: string | readonly string[], bounds: ListBounds) {
  return z
    .array(item)
    .min(bounds.min ?? 0)
    .max(bounds.max)
    .meta({ description: bounds.description, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [key].flat() });
}

/** List without order and without repeats. */
export function setList<Item extends z.ZodType>(item: Item, bounds: ListBounds) {
  return z
    .array(item)
    .min(bounds.min ?? 0)
    .max(bounds.max)
    .meta({ description: bounds.description, 'x-kubernetes-list-type': 'set' });
}

/** List that is replaced as a whole. */
export function atomicList<Item extends z.ZodType>(item: Item, bounds: ListBounds) {
  return z
    .array(item)
    .min(bounds.min ?? 0)
    .max(bounds.max)
    .meta({ description: bounds.description, 'x-kubernetes-list-type': 'atomic' });
}

interface ListBounds {
  readonly min?: number;
  readonly max: number;
  readonly description: string;
}
