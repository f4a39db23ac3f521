/** A kind that is not known here. It is still a message. */
export type UnsupportedContent = {
  readonly type: 'unsupported';
  /** WhatsApp's own name of the kind; null where that is not known either. */
  readonly rawType: string | null;
};
