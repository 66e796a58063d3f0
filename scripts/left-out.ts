import type { Plugin } from 'esbuild';

interface Substitute {
  /** Of the import as it is written. */
  readonly path: RegExp;
  /** Only imports of this package; all when absent. */
  readonly importer?: string;
  /** What is bundled instead. */
  readonly contents: string;
}

function absent(names: readonly string[]): string {
  const refusal = "const absent = function () { throw new Error('this part was left out of the bundle (scripts/left-out.ts)'); };";
  return `${refusal} export { ${names.map((name) => `absent as ${name}`).join(', ')} };`;
}

/**
 * Packages that load as a whole though the operator calls a part of them. What they load lives as long as the process: a third of
 * its memory at rest. What stands in for a part nobody calls throws; a name an update of the package adds fails the build.
 */
const substitutes: readonly Substitute[] = [
  // Of client-node only KubeConfig is used: no API client, so none of its 700 model classes.
  { importer: '@kubernetes/client-node', path: /\/gen\/index\.js$/, contents: absent(['createConfiguration', 'ServerConfiguration']) },
  { importer: '@kubernetes/client-node', path: /\/gen\/rxjsStub\.js$/, contents: absent(['of']) },
  // A kubeconfig that asks for a proxy is refused before any of these is reached (cluster-access.ts).
  { importer: '@kubernetes/client-node', path: /^socks$/, contents: absent(['SocksClient']) },
  { importer: '@kubernetes/client-node', path: /^socks-proxy-agent$/, contents: absent(['SocksProxyAgent']) },
  { importer: '@kubernetes/client-node', path: /^hpagent$/, contents: absent(['HttpProxyAgent', 'HttpsProxyAgent']) },
  { importer: '@kubernetes/client-node', path: /^undici$/, contents: absent(['Agent', 'ProxyAgent']) },
  {
    // What its index does for a Pool, without fetch, caches, web sockets and mocks.
    path: /^undici$/,
    contents: `
      import api from 'undici/lib/api/index.js';
      import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
      import Pool from 'undici/lib/dispatcher/pool.js';
      Object.assign(Dispatcher.prototype, api);
      export { Pool };`,
  },
  {
    // What it names as its main loads its parts by a require it is handed, which no bundler can follow. Only trees are read.
    path: /^jsonc-parser$/,
    contents: "export { parseTree } from 'jsonc-parser/lib/esm/impl/parser.js';",
  },
];

/** Bundles substitutes for what the operator never calls. */
export function leaveOut(): Plugin {
  return {
    name: 'leave-out',
    setup: (build) => {
      for (const [index, { path, importer = '' }] of substitutes.entries()) {
        build.onResolve({ filter: path }, (from) =>
          from.namespace === 'file' && from.importer.includes(importer) ? { path: String(index), namespace: 'substitute' } : null,
        );
      }
      build.onLoad({ filter: /.*/, namespace: 'substitute' }, ({ path }) => ({
        contents: substitutes[Number(path)]?.contents ?? '',
        resolveDir: process.cwd(),
      }));
    },
  };
}
