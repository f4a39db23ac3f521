export type ReceivedContact = {
  readonly type: 'contact';
  /** As WhatsApp shows it: of one contact, or of several together. */
  readonly name: string;
  /** Several vCards follow each other. */
  readonly vcard: string;
};
