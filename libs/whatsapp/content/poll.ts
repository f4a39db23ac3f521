/** As it is sent and as it is received. */
export type Poll = {
  readonly type: 'poll';
  readonly question: string;
  readonly options: readonly string[];
  /** Whether more than one option can be chosen. */
  readonly multiple: boolean;
};
