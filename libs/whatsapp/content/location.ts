/** As it is sent and as it is received. */
export type Location = {
  readonly type: 'location';
  /** In degrees. */
  readonly latitude: number;
  readonly longitude: number;
  readonly name: string | null;
  readonly address: string | null;
};
