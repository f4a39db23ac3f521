import type { FastifyInstance, FastifyRequest } from 'fastify';

type Path = { readonly pattern: RegExp; readonly methods: Set<string> };

/**
 * Notes the paths of all routes from now on. Returns which methods the path of a request has, for `Allow`: undefined where no route has that
 * path. Paths are compared only where the router has found none, so that methods that no route has, such as TRACE, need no routes either.
 */
export const knownPaths = (server: FastifyInstance): ((request: FastifyRequest) => string | undefined) => {
  const paths = new Map<string, Path>();
  server.addHook('onRoute', ({ method, url }) => {
    const shape = url.replaceAll(/:[^/]+/g, ':'); // a parameter may have another name in another route
    const path = paths.get(shape) ?? { pattern: patternOf(shape), methods: new Set() };
    paths.set(shape, path);
    for (const one of [method].flat()) path.methods.add(one);
  });

  return ({ url }) => {
    const [path = ''] = url.split('?');
    const methods = [...paths.values()]
      .filter(({ pattern }) => pattern.test(path))
      .flatMap((known) => [...known.methods]);
    return methods.length === 0 ? undefined : [...new Set(methods)].sort().join(', ');
  };
};

/** Of a path in which `:` stands for a segment and `*` for the rest. */
const patternOf = (shape: string): RegExp => {
  const plain = shape.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${plain.replaceAll(':', '[^/]+').replaceAll('*', '.*')}$`);
};
