import { readFileSync } from 'node:fs';

/** The nearest `package.json` above this file, which lies at another depth once it is compiled and bundled. */
const versionAbove = (url: URL): string => {
  try {
    return (JSON.parse(readFileSync(new URL('package.json', url), 'utf8')) as { readonly version: string }).version;
  } catch (error) {
    if (url.pathname === '/') throw error;
    return versionAbove(new URL('..', url));
  }
};

/** Of the service. */
export const version = versionAbove(new URL('.', import.meta.url));
