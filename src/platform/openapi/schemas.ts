import { z } from 'zod';

type Converted = { readonly schema: unknown; readonly components: Record<string, unknown> };

/** Converts zod schemas to OpenAPI 3.1 (JSON Schema). A schema with an `id` in its meta becomes a component. */
export const toOpenApi = (
  schema: unknown,
  { schemaType }: { readonly schemaType: 'input' | 'output' },
): Converted | undefined => {
  if (!(schema instanceof z.ZodType)) return undefined;
  const {
    $schema: _dialect,
    $defs: components = {},
    ...converted
  } = z.toJSONSchema(schema, {
    io: schemaType,
    target: 'draft-2020-12',
    override: ({ zodSchema, jsonSchema }) => {
      tidy(jsonSchema);
      // Of a body that is transformed, zod takes the examples for results; here they are what is sent.
      const examples = z.globalRegistry.get(zodSchema)?.['examples'];
      if (Array.isArray(examples)) jsonSchema.examples = examples;
    },
  });
  return { schema: converted, components };
};

type JsonSchema = { format?: string; pattern?: string; maximum?: number; minimum?: number };

/** Removes what is redundant: the pattern of a known format, the bounds of safe integers. */
const tidy = (schema: JsonSchema): void => {
  if (schema.format !== undefined) delete schema.pattern;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
};
