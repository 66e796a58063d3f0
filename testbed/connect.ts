import { randomBytes } from 'node:crypto';

import { createAPIClient } from './api-client.ts';
import type { APIClient } from './api-client.ts';
import { accessTo } from './cluster-access.ts';
import type { ClusterAccess, Coordinates } from './cluster-access.ts';

/** Set by jest's global set-up; names the one control plane all integration tests share. */
export const controlPlaneVariable = 'MODELRISK_TEST_CONTROL_PLANE';

export interface ConnectedControlPlane extends ClusterAccess {
  /** The administrator's client. */
  readonly client: APIClient;
  /** A fresh namespace with a unique name, so that tests never meet. Left behind: the control plane ends with the run. */
  createNamespace(labels?: Readonly<Record<string, string>>): Promise<string>;
  /** Closes the connections; the control plane goes on. */
  close(): Promise<void>;
}

/** The control plane the run's global set-up started. Throws when there is none. */
export function connectControlPlane(): ConnectedControlPlane {
  const text = process.env[controlPlaneVariable];
  if (text === undefined) {
    throw new Error(
      `${controlPlaneVariable} is not set: run the test as part of jest's integration project, whose set-up starts a control plane.`,
    );
  }
  return connectTo(JSON.parse(text) as Coordinates);
}

export function connectTo(coordinates: Coordinates): ConnectedControlPlane {
  const client = createAPIClient({ server: coordinates.server, caFile: coordinates.caFile, token: coordinates.adminToken });
  return {
    ...accessTo(coordinates),
    client,
    createNamespace: async (labels = {}) => {
      const name = `t-${randomBytes(5).toString('hex')}`;
      await client.create({ group: '', version: 'v1', plural: 'namespaces' }, { metadata: { name, labels } });
      return name;
    },
    close: () => client.close(),
  };
}
