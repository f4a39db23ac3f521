/** The bounds of what is read from a message: senders can put anything into one. Longer texts are cut. */
export const contentLimits = {
  /** WhatsApp's own apps accept no longer texts. */
  textCharacters: 65_536,
  /** Of names, titles and the like. */
  lineCharacters: 1_024,
  urlCharacters: 4_096,
  idCharacters: 255,
  pollOptions: 100,
  contacts: 100,
  vcardCharacters: 8_192,
  mentions: 1_024,
  /** Of a whole message as JSON in UTF-8: stores take events of 1 MiB. */
  messageBytes: 512 * 1024,
} as const;
