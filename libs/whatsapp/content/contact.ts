/** One or more people, as it is sent and as it is received. */
export type Contact = {
  readonly type: 'contact';
  readonly contacts: readonly {
    /** As WhatsApp shows it. */
    readonly name: string;
    readonly vcard: string;
  }[];
};
