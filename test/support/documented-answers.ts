import type { OpenAPIObject } from '@nestjs/swagger';
import type { Answer } from './http.js';

type Response = {
  readonly headers?: { readonly [name: string]: unknown };
  readonly content?: { readonly [type: string]: { readonly examples?: { readonly [code: string]: unknown } } };
};
type Responses = { readonly [status: string]: Response };

/** Headers that the document says something about; the others are those of every HTTP answer. */
const isOurs = (name: string): boolean =>
  name.startsWith('x-') &&
  !['x-content-type-options', 'x-frame-options', 'x-dns-prefetch-control', 'x-download-options'].includes(name) &&
  !['x-permitted-cross-domain-policies', 'x-xss-protection'].includes(name);
const named = ['location', 'retry-after', 'www-authenticate', 'idempotent-replayed'];
/** Sent only where it applies. */
const optional = ['idempotent-replayed', 'x-quota-limit', 'x-quota-remaining', 'x-quota-reset'];

/** Compares what routes answer with what the document says of them. */
export const documentedAnswers = (document: OpenAPIObject) => {
  const paths = Object.entries(document.paths).map(([path, item]) => ({
    path,
    item: item as unknown as { readonly [method: string]: { readonly responses: Responses } },
    pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  }));
  const succeeded = new Set<string>();

  /** What an answer has that the document does not tell, or the other way round; empty where they agree. */
  const differences = (route: string, answer: Answer): readonly string[] => {
    const [method = '', url = ''] = route.split(' ');
    const [pathname = ''] = url.split('?');
    const found = paths.find(({ path }) => path === pathname) ?? paths.find(({ pattern }) => pattern.test(pathname));
    const responses = found?.item[method.toLowerCase()]?.responses;
    if (!found || !responses) return [`${route} is not in the document`];
    const name = `${method} ${found.path}`;
    const response = responses[String(answer.status)];
    if (!response) return [`${name} answered ${answer.status}, which is not documented: ${answer.text}`];
    if (answer.status < 300) succeeded.add(name);
    return [...body(response, answer), ...headers(response, answer)].map((what) => `${name} ${answer.status}: ${what}`);
  };

  return { differences, succeeded: (): ReadonlySet<string> => succeeded };
};

const body = ({ content = {} }: Response, answer: Answer): readonly string[] => {
  if (answer.text === '') return Object.keys(content).length > 0 ? ['has no body'] : [];
  const [type = ''] = String(answer.headers['content-type']).split(';');
  const documented = content[type] ?? content['*/*'];
  if (!documented) return [`${type} is not documented`];
  const { code } = (answer.body ?? {}) as { readonly code?: string };
  const isUnknown = answer.status >= 400 && !Object.keys(documented.examples ?? {}).includes(String(code));
  return isUnknown ? [`the code ${code} is not documented`] : [];
};

const headers = (response: Response, answer: Answer): readonly string[] => {
  const isCompared = (name: string): boolean => isOurs(name) || named.includes(name);
  const documented = Object.keys(response.headers ?? {})
    .map((name) => name.toLowerCase())
    .filter(isCompared);
  const sent = Object.keys(answer.headers).filter(isCompared);
  const missing = answer.status < 300 ? documented.filter((name) => !sent.includes(name)) : [];
  return [
    ...sent.filter((name) => !documented.includes(name)).map((name) => `${name} is sent and not documented`),
    ...missing.filter((name) => !optional.includes(name)).map((name) => `${name} is documented and not sent`),
  ];
};
