import { z } from 'zod';

/** A moment in a query, with any offset from UTC; as it is recorded and compared everywhere: in UTC. */
export const Moment = z.iso.datetime({ offset: true }).transform((given) => new Date(given).toISOString());
