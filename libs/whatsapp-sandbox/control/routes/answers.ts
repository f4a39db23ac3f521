import { z } from 'zod';
import { problemSchema } from '../schemas/problem.js';

type ErrorResponses<Status extends number> = { readonly [S in Status | 400]: typeof problemSchema };

/** Error responses of a route: 400, and the given statuses. */
export const errorResponses = <Status extends number = never>(...statuses: readonly Status[]): ErrorResponses<Status> =>
  Object.fromEntries([400, ...statuses].map((status) => [status, problemSchema])) as ErrorResponses<Status>;

export const noContent = z.undefined().meta({ description: 'Done.' });
