/** How fast messages of a session may leave. `jitter`, from 0 to 1, is how much of the pause between two of them is left to chance. */
export type Pacing = { readonly messagesPerMinute: number; readonly jitter: number };
