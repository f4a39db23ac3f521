import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { InvalidConfig, readConfig, unknownVariables, variables } from './config.js';

describe('the configuration', () => {
  it('has a default for everything', () => {
    expect(readConfig({})).toEqual({
      PORT: 3000,
      HOST: '127.0.0.1',
      WAYBILL_DATA_DIR: './data',
      WAYBILL_ROLES: ['api', 'sessions', 'workers'],
      WAYBILL_TRUSTED_PROXIES: [],
      WAYBILL_WHATSAPP: 'live',
      WAYBILL_HTTP_REQUEST_TIMEOUT: 60,
      WAYBILL_HTTP_HEADERS_TIMEOUT: 10,
      WAYBILL_HTTP_IDLE_TIMEOUT: 72,
      WAYBILL_HTTP_MAX_CONNECTIONS: 4096,
      WAYBILL_HTTP_MAX_CONNECTIONS_PER_ADDRESS: 512,
      WAYBILL_HTTP_UNKNOWN_PER_MINUTE: 3000,
      WAYBILL_MAX_SESSIONS: 50,
      WAYBILL_MESSAGES_JITTER: 0.3,
      WAYBILL_REDIS_AWAY: 'open',
      WAYBILL_MAX_SCHEDULE_DAYS: 365,
      WAYBILL_OUTBOUND_ALLOW: [],
      WAYBILL_MEDIA_MAX_IMAGE: 5_242_880,
      WAYBILL_MEDIA_MAX_VIDEO: 16_777_216,
      WAYBILL_MEDIA_MAX_AUDIO: 16_777_216,
      WAYBILL_MEDIA_MAX_DOCUMENT: 104_857_600,
      WAYBILL_MEDIA_MAX_STICKER: 512_000,
      WAYBILL_UNPAIRED_DAYS: 7,
      WAYBILL_DELIVERY_DAYS: 30,
      WAYBILL_MESSAGE_DAYS: 0,
      WAYBILL_MEDIA_DAYS: 30,
      WAYBILL_REQUEST_LOG_DAYS: 30,
      WAYBILL_BACKUP_SCHEDULE: '0 2 * * *',
      WAYBILL_BACKUP_KEEP_DAILY: 7,
      WAYBILL_BACKUP_KEEP_WEEKLY: 4,
      WAYBILL_BACKUP_KEEP_MONTHLY: 12,
      WAYBILL_BACKUP_MEDIA: false,
      LOG_LEVEL: 'info',
      S3_FORCE_PATH_STYLE: false,
      SANDBOX_PORT: 3100,
      SANDBOX_CONTROL_PORT: 3101,
    });
  });

  it('takes an empty variable as absent', () => {
    expect(readConfig({ PORT: '', LOG_LEVEL: '' })).toEqual(readConfig({}));
  });

  it('names every variable that is wrong and what is wrong with it, but not its value', () => {
    const reading = () => readConfig({ PORT: '70000', LOG_LEVEL: 'hunter2' });
    expect(reading).toThrow(InvalidConfig);
    expect(reading).toThrow(/PORT: .*65535[\s\S]*LOG_LEVEL: .*"info"/);
    expect(reading).not.toThrow(/hunter2/);
  });

  it('takes a list of proxies', () => {
    const { WAYBILL_TRUSTED_PROXIES } = readConfig({ WAYBILL_TRUSTED_PROXIES: '10.0.0.0/8, ::1' });
    expect(WAYBILL_TRUSTED_PROXIES).toEqual(['10.0.0.0/8', '::1']);
    expect(() => readConfig({ WAYBILL_TRUSTED_PROXIES: '10.0.0.0/8,proxy' })).toThrow(/WAYBILL_TRUSTED_PROXIES/);
  });

  it('takes the roles of a process, and refuses those that do not work, by name', () => {
    const servers = {
      EVENTSTORE_URL: 'esdb://hunter2',
      MONGODB_URI: 'mongodb://hunter2',
      REDIS_URL: 'redis://hunter2',
    };
    expect(readConfig({ ...servers, WAYBILL_ROLES: 'api' }).WAYBILL_ROLES).toEqual(['api']);
    expect(readConfig({ WAYBILL_ROLES: 'workers, sessions' }).WAYBILL_ROLES).toEqual(['workers', 'sessions']);
    for (const WAYBILL_ROLES of ['api,sessions', 'workers', 'sessions'])
      expect(() => readConfig({ ...servers, WAYBILL_ROLES })).toThrow(/WAYBILL_ROLES: sessions and workers belong/);
    expect(() => readConfig({ WAYBILL_ROLES: 'api,hunter2' })).toThrow(/WAYBILL_ROLES\.1: Must be some of api/);
    for (const name of Object.keys(servers)) {
      const reading = () => readConfig({ ...servers, [name]: '', WAYBILL_ROLES: 'api' });
      expect(reading).toThrow(new RegExp(`^  ${name}: Is missing: a process`, 'm'));
      expect(reading).not.toThrow(/hunter2/);
    }
  });

  it('refuses a bucket that is named in part, and names what is missing', () => {
    const bucket = { S3_BUCKET: 'files', S3_REGION: 'eu-central-1' };
    const keys = { S3_ACCESS_KEY_ID: 'id', S3_SECRET_ACCESS_KEY: 'hunter2' };
    expect(readConfig({ ...bucket, ...keys, S3_FORCE_PATH_STYLE: 'true' })).toMatchObject({
      S3_FORCE_PATH_STYLE: true,
    });
    for (const [name, rest] of [
      ['S3_ACCESS_KEY_ID', { ...bucket, S3_SECRET_ACCESS_KEY: 'hunter2' }],
      ['S3_SECRET_ACCESS_KEY', { ...bucket, S3_ACCESS_KEY_ID: 'hunter2', S3_SECRET_ACCESS_KEY: '' }],
      ['S3_REGION', { S3_BUCKET: 'hunter2', ...keys }],
      ['S3_BUCKET', { S3_PREFIX: 'hunter2' }],
      ['S3_BUCKET', { S3_ENDPOINT: 'https://hunter2' }],
    ] as const) {
      expect(() => readConfig(rest)).toThrow(new RegExp(`^  ${name}: Is missing`, 'm'));
      expect(() => readConfig(rest)).not.toThrow(/hunter2/);
    }
  });

  it('takes a bucket for backups alone, with the server and the key of S3', () => {
    const backups = { WAYBILL_BACKUP_TO: 's3://backups/waybill', WAYBILL_BACKUP_RECIPIENT: 'age1abc, age1def' };
    const server = { S3_REGION: 'eu-central-1', S3_ACCESS_KEY_ID: 'id', S3_SECRET_ACCESS_KEY: 'hunter2' };
    expect(readConfig({ ...backups, ...server }).WAYBILL_BACKUP_RECIPIENT).toEqual(['age1abc', 'age1def']);
    expect(() => readConfig(backups)).toThrow(/S3_REGION: Is missing/);
    for (const wrong of [
      { WAYBILL_BACKUP_TO: 'http://backups' },
      { WAYBILL_BACKUP_RECIPIENT: 'AGE-SECRET-KEY-1' },
      { WAYBILL_BACKUP_RECIPIENT: 'age1abc' },
      { WAYBILL_BACKUP_SCHEDULE: 'daily' },
    ])
      expect(() => readConfig(wrong)).toThrow(InvalidConfig);
  });

  it('knows a misspelt name', () => {
    expect(unknownVariables({ WAYBILL_DATADIR: 'x', WAYBILL_DATA_DIR: 'y', HOME: 'z' })).toEqual(['WAYBILL_DATADIR']);
  });

  it('is listed in .env.example, whole and with its defaults', () => {
    const lines = readFileSync('.env.example', 'utf8').match(/^[A-Z0-9_]+=.*$/gm) ?? [];
    const listed = Object.fromEntries(lines.map((line) => line.split('=') as [string, string]));
    expect(Object.keys(listed).sort()).toEqual(Object.keys(variables.shape).sort());
    expect(readConfig(listed)).toEqual(readConfig({}));
  });
});
