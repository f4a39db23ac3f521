/** The first owner of every service that a test starts. */
export const owner = { email: 'root@example.com', password: 'correct horse battery' } as const;
