import type { z } from 'zod';
import { envelopeOf } from './public-event.js';
import type { PublicResource } from './public-resource.js';

/** A type of public event, for documentation. */
export type CataloguedType = {
  readonly type: string;
  readonly description: string;
  /** See `PublicResource`. */
  readonly isNews: boolean;
  /** What `data` is, by the name of its schema, and what it has beside that. */
  readonly data: { readonly resource: string; readonly more: readonly string[] };
  /** Of the whole body. Made when it is asked for. */
  readonly schema: z.ZodObject;
};

/** All types, in the order of their declaration. */
export const catalogueOf = (resources: readonly PublicResource[]): readonly CataloguedType[] =>
  resources.flatMap(({ schema, types }) =>
    Object.entries(types).map(([type, { description, isNews = false, more }]) => ({
      type,
      description,
      isNews,
      data: { resource: schema.meta()?.id ?? '', more: Object.keys(more ?? {}) },
      get schema() {
        return envelopeOf(type, description, more ? schema.extend(more) : schema); // one that is not extended keeps its name
      },
    })),
  );
