/**
 * The file of a worker, relative to the module that starts it. Node does not run TypeScript: where that module is a source file (in
 * tests), the compiled worker in `dist` is used.
 */
export const workerUrl = (worker: string, from: string): URL => {
  const url = new URL(worker, from);
  if (from.endsWith('.ts')) url.pathname = url.pathname.replace(/\/(libs|test)\/(?!.*\/(libs|test)\/)/, '/dist/$1/');
  return url;
};
