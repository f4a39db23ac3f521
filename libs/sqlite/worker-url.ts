/**
 * The file of a worker thread, named relative to the module that starts it. Node runs no TypeScript: where that module is a source
 * file (in tests), the compiled worker is taken from `dist`.
 */
export const workerUrl = (worker: string, from: string): URL => {
  const url = new URL(worker, from);
  if (from.endsWith('.ts')) url.pathname = url.pathname.replace(/\/libs\/(?!.*\/libs\/)/, '/dist/libs/');
  return url;
};
