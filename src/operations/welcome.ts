/** Where the service is, as far as a person opens it. */
export type Addresses = {
  readonly url: string;
  /** The sandbox's phones, where it runs beside the service. */
  readonly phones?: string | undefined;
};

/** The first admin, and the password if it is the generated one. */
export type FirstLogin = { readonly email: string; readonly password: string | null };

/** What a person who has started the service opens and types next. */
export const welcome = ({ url, phones }: Addresses, login: FirstLogin | undefined): string => {
  const open = [
    ['the routes, to read and to try', `${url}/docs`],
    ...(phones === undefined ? [] : [['phones that scan and answer', phones]]),
  ];
  return [
    '',
    'Waybill is up. Open',
    ...open.map(([what = '', where = '']) => `  ${where.padEnd(34)} ${what}`),
    ...firstLoginLines(login),
    'The README goes on from there. This is printed again by: npm run admin',
    '',
    '',
  ].join('\n');
};

/** How the first admin logs in. */
export const firstLoginLines = (login: FirstLogin | undefined): readonly string[] => {
  if (!login) return [];
  const lines = ['The first admin:', `  email     ${login.email}`];
  if (login.password !== null) return [...lines, `  password  ${login.password}`];
  return [...lines, '  password  as it was set; another one: npm run admin -- reset-password'];
};
