/** API groups that say who may do what, what is admitted, what is served and who leads, and our own: a patch there would undo what confines us. */
export const unpatchableGroups = [
  'rbac.authorization.k8s.io',
  'authorization.k8s.io',
  'authentication.k8s.io',
  'certificates.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'coordination.k8s.io',
  'modelrisk.dev',
] as const;

/** Resources of the core group that hold credentials, run programs or are made to run. */
export const unpatchableCore = [
  'bindings',
  'namespaces',
  'nodes',
  'persistentvolumes',
  'pods',
  'podtemplates',
  'secrets',
  'serviceaccounts',
] as const;

/** Members a pod is made from, in every kind that holds them. */
export const podMembers = [
  'template',
  'templates',
  'podTemplate',
  'podSpec',
  'jobTemplate',
  'jobTargetRef',
  'containers',
  'initContainers',
  'ephemeralContainers',
] as const;
