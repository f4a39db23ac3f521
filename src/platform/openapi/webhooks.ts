import type { CataloguedType } from '../public-events/catalogue.js';
import { toOpenApi } from './schemas.js';

type Described = { readonly webhooks: Readonly<Record<string, object>>; readonly components: Record<string, unknown> };

/** The catalogue of public events as OpenAPI 3.1 says it: as what webhooks are posted. Live readers get the same bodies. */
export const describedWebhooks = (catalogue: readonly CataloguedType[]): Described => {
  const components: Record<string, unknown> = {};
  const described = catalogue.map(({ type, description, schema }) => {
    const converted = toOpenApi(schema, { schemaType: 'output' });
    Object.assign(components, converted?.components);
    const body = { required: true, content: { 'application/json': { schema: converted?.schema } } };
    const responses = { '2XX': { description: 'Taken. Any other answer, or none, is tried again: see the webhooks.' } };
    return [type, { post: { summary: type, description, tags: ['Webhooks'], requestBody: body, responses } }] as const;
  });
  const all = { webhooks: Object.fromEntries(described), components };
  return JSON.parse(JSON.stringify(all).replaceAll('#/$defs/', '#/components/schemas/')) as Described;
};
