import { z } from 'zod';
import { problem } from '../schemas/problem.js';

type Refusals<Status extends number> = { readonly [S in Status | 400]: typeof problem };

/** What a route answers when it refuses: always 400 for what does not fit, and for these reasons. */
export const refusals = <Status extends number = never>(...statuses: readonly Status[]): Refusals<Status> =>
  Object.fromEntries([400, ...statuses].map((status) => [status, problem])) as Refusals<Status>;

export const noContent = z.undefined().meta({ description: 'Done.' });
