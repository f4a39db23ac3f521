import { z } from 'zod';
import { pageOf } from '../../platform/http/paging.js';
import { AdminRole } from '../admin.contract.js';
import { Email, Time } from './fields.js';

const example = {
  id: '0199a3c4-1f00-7000-8000-0000000000a1',
  email: 'ops@parcels.example',
  role: 'admin',
  lastLoginAt: '2026-11-23T10:00:00.000Z',
  createdAt: '2026-11-23T09:00:00.000Z',
  updatedAt: '2026-11-23T09:00:00.000Z',
} as const;

const Password = z.string().min(8).max(200);

export const Admin = z
  .object({
    id: z.uuid(),
    email: z.string(),
    role: AdminRole,
    lastLoginAt: Time.nullable(),
    createdAt: Time,
    updatedAt: Time,
  })
  .meta({ id: 'Admin', examples: [example] });

export const Admins = pageOf(Admin, 'Admins', example);

export const NewAdmin = z
  .strictObject({ email: Email, role: AdminRole, password: Password })
  .meta({ id: 'NewAdmin', examples: [{ email: 'ops@parcels.example', role: 'admin', password: 'a long sentence' }] });

export const AdminChange = z
  .strictObject({ role: AdminRole.exactOptional(), password: Password.exactOptional() })
  .meta({ id: 'AdminChange', examples: [{ role: 'auditor' }] });

export const PasswordChange = z
  .strictObject({ current: z.string().min(1).max(200), new: Password })
  .meta({ id: 'PasswordChange', examples: [{ current: 'a long sentence', new: 'another long sentence' }] });

export const Credentials = z
  .strictObject({ email: Email, password: z.string().min(1).max(200) })
  .meta({ id: 'Credentials', examples: [{ email: 'ops@parcels.example', password: 'a long sentence' }] });

export const Renewal = z.strictObject({ refreshToken: z.string().min(1).max(1000) }).meta({
  id: 'Renewal',
  examples: [{ refreshToken: 'wr_0199a3c4-1f00-7000-8000-0000000000f1_0_dGhlIHNpZ25hdHVyZQ' }],
});

export const Login = z
  .object({
    accessToken: z.string().describe('Sent as `Authorization: Bearer`.'),
    refreshToken: z.string().describe('Good for one refresh. Using it twice ends the login.'),
    tokenType: z.literal('Bearer'),
    expiresIn: z.int().describe('Lifetime of the access token in seconds.'),
    admin: Admin,
  })
  .meta({
    id: 'Login',
    examples: [
      {
        accessToken: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2lnbmF0dXJl',
        refreshToken: 'wr_0199a3c4-1f00-7000-8000-0000000000f1_0_dGhlIHNpZ25hdHVyZQ',
        tokenType: 'Bearer',
        expiresIn: 900,
        admin: example,
      },
    ],
  });
