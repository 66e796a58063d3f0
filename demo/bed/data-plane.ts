import type { ClusterAccess } from '../../testbed/cluster-access.ts';
import type { APIClient } from '../../testbed/api-client.ts';
import { startGateway } from '../../testbed/gateway.ts';
import { stampRoutes } from '../../testbed/route-stamper.ts';
import type { Clock } from '../../src/shared/clock.ts';
import { sendThroughGateway } from '../caller.ts';
import type { Send } from '../caller.ts';
import { routeName } from '../story/targets.ts';
import { namespace, resources } from '../watching/resources.ts';
import { watchObjects } from '../../testbed/watch-objects.ts';
import { followRoute } from './route-follower.ts';
import type { ModelServer } from './model-servers.ts';

/** How requests reach the versions. */
export interface DataPlane {
  /** For the figures: what moved the requests. */
  readonly name: string;
  /** Where it listens, and the host name the route listens for; null where there is none. */
  readonly gateway: { readonly url: string; readonly host: string } | null;
  readonly send: Send;
  readonly stop: () => Promise<void>;
}

export interface DataPlaneOptions {
  readonly cluster: ClusterAccess;
  readonly client: APIClient;
  readonly clock: Clock;
  readonly servers: readonly ModelServer[];
}

/** What the route in demo/manifests listens for. */
const host = 'employment.demo.example';

/** Contour and Envoy as processes. Needs the network namespace, whose address this is. */
export async function startEnvoyPlane({ cluster, client }: DataPlaneOptions, address: string): Promise<DataPlane> {
  const gateway = await startGateway({ cluster, client, address });
  const { send, close } = sendThroughGateway({ origin: gateway.url, host });
  return {
    name: 'Contour and Envoy',
    gateway: { url: gateway.url, host },
    send,
    stop: async () => {
      await close();
      await gateway.stop();
    },
  };
}

/** No gateway: requests follow the route object as a watch shows it, and its status is stamped as a controller would. */
export function startRouteFollower({ cluster, client, clock, servers }: DataPlaneOptions): DataPlane {
  const routes = watchObjects({ cluster, resource: resources.routes, namespace, clock });
  const stamper = stampRoutes(client, namespace);
  const origins = new Map(servers.map(({ service, address, port }) => [service, `http://${address}:${String(port)}`]));
  const { send, close } = followRoute({ route: () => routes.latest(routeName), origins, host, random: Math.random });
  return {
    name: 'none: requests follow the route object',
    gateway: null,
    send,
    stop: async () => {
      await close();
      await stamper.stop();
      await routes.stop();
    },
  };
}
