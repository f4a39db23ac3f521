/** A message that cannot be read here (yet). Where it becomes readable, it is reported again under the same id. */
export type UnreadableContent = {
  readonly type: 'unreadable';
  /**
   * `undecrypted`: it could not be decrypted, and its sender is asked to send it again. `view_once`: WhatsApp gives such files to the phone
   * only. `withheld`: WhatsApp gives it to the phone only, and the phone is asked for it.
   */
  readonly reason: 'undecrypted' | 'view_once' | 'withheld';
};
