/** How fast messages of a session may be sent. `jitter`, from 0 to 1, is the random part of the pause between two messages. */
export type Pacing = { readonly messagesPerMinute: number; readonly jitter: number };
