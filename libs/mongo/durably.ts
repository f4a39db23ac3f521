/** How long a write may take to reach the majority of the members. */
const majorityTimeoutMs = 10_000;

/** Reads see what was written, and what was answered survives the loss of a member. */
export const durably = { w: 'majority', journal: true, wtimeoutMS: majorityTimeoutMs } as const;
