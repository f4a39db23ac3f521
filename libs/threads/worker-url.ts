/**
 * The file of a worker, relative to the module that starts it. Node does not run TypeScript: where that module is a source file (in
 * tests), the built worker is used, bundled for those of `libs`.
 */
export const workerUrl = (worker: string, from: string): URL => {
  const url = new URL(worker, from);
  if (!from.endsWith('.ts')) return url;
  url.pathname = url.pathname
    .replace(/\/test\/(?!.*\/(libs|test)\/)/, '/dist/test/')
    .replace(/\/libs\/(?!.*\/(libs|test)\/).*\/([^/]+)$/, '/dist/app/$2');
  return url;
};
