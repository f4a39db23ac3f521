/** What a person who has just started the service opens and types next. `phones` is where the sandbox's phones are, if there is one. */
export const welcome = (url: string, phones: string | undefined): string => {
  const open = [
    ['the routes, to read and to try', `${url}/docs`],
    ...(phones === undefined ? [] : [['phones that scan and answer', phones]]),
  ];
  const login = `curl -s ${url}/v1/admin/auth/login -H 'content-type: application/json' -d '{"email":"…","password":"…"}'`;
  return [
    '',
    'Waybill is up. Open',
    ...open.map(([what = '', where = '']) => `  ${where.padEnd(34)} ${what}`),
    'and type, as the first admin:',
    `  ${login}`,
    'The README goes on from there.',
    '',
    '',
  ].join('\n');
};
