/** A rule the API server runs; `self` is the value it stands on. */
export interface CELRule {
  readonly rule: string;
  /** What to write instead. */
  readonly message: string;
  /** Path of the field to blame, relative to the value: `.warn`. */
  readonly fieldPath?: string;
  readonly reason?: 'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueRequired' | 'FieldValueDuplicate';
}

/** Schema metadata that carries the rules into the CRD. */
export function cel(...rules: readonly CELRule[]): { readonly 'x-kubernetes-validations': readonly CELRule[] } {
  return { 'x-kubernetes-validations': rules };
}
