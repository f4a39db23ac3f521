export type MemberAction = 'add' | 'remove' | 'promote' | 'demote';
/** To those who ask to join. */
export type RequestAnswer = 'approve' | 'reject';
