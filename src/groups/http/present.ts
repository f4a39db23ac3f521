import type { z } from 'zod';
import type { GroupView } from '../group.contract.js';
import type { FoundGroup } from '../groups.service.js';
import type { Group } from './groups.schemas.js';

type Shown = z.output<typeof Group>;

/** A group without its participants, as the API shows it. */
export const summaryOf = ({ userId: _userId, account: _account, ...shown }: GroupView): Omit<Shown, 'participants'> =>
  shown;

/** A group as the API shows it. */
export const present = ({ participants, ...group }: FoundGroup): Shown => ({
  ...summaryOf(group),
  participants: [...participants],
});
