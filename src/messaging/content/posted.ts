/** Of a kind that can be posted in the status and in channels, whatever is in it. */
export const postedAnywhere = { inStatus: () => true, inChannels: () => true };

/** Of a kind that goes to chats only. */
export const postedNowhere = { inStatus: () => false, inChannels: () => false };
