import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Writable } from 'node:stream';
import { readConfig } from '#config';
import type { StoredEvent } from '#lib/event-store';
import type { ReadModels } from '#lib/read-models';
import { AppModule } from '../../src/app.module.js';
import { createApp, httpSettingsOf } from '../../src/app.js';
import type { HttpSettings } from '../../src/platform/http/server/settings.js';
import { createLogger } from '../../src/platform/logging.js';
import { openStores, type Stores } from '../../src/platform/stores.js';
import { STORES } from '../../src/platform/tokens.js';
import { owner } from './owner.js';
import { serverVariables } from './server-variables.js';

type Headers = Readonly<Record<string, string>>;

/** What a call needs beside its address. `token` and `key` are credentials; `from` is the caller's network address. */
export type Call = {
  readonly token?: string | undefined;
  readonly key?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Headers;
  readonly from?: string;
};

/** An answer; `body` is its JSON, of whatever shape the test looks for. */
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
};

/** The whole service on a data directory, in this process and not listening. */
export type HttpService = {
  readonly app: NestFastifyApplication;
  /** What it logged so far. */
  readonly logged: () => string;
  /** Everything that is in the log of events. */
  readonly events: () => Promise<readonly StoredEvent[]>;
  readonly call: (route: string, call?: Call) => Promise<Answer>;
  /** An access token of the first owner, or of whom it says. */
  readonly logIn: (credentials?: { readonly email: string; readonly password: string }) => Promise<string>;
};

type Options = HttpSettings & {
  readonly variables?: NodeJS.ProcessEnv;
  /** Takes the place of the views. */
  readonly modelsOf?: (models: ReadModels) => ReadModels;
};

/** Starts the service on a directory; it makes its first owner there: `owner`. `variables` are added to its environment. */
export const startHttp = async (
  directory: string,
  { variables = {}, modelsOf = (models) => models, ...settings }: Options = {},
): Promise<HttpService> => {
  let logged = '';
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      logged += chunk.toString();
      done();
    },
  });
  const config = readConfig({
    WAYBILL_DATA_DIR: directory,
    ...serverVariables(directory),
    WAYBILL_ADMIN_EMAIL: owner.email,
    WAYBILL_ADMIN_PASSWORD: owner.password,
    ...variables,
  });
  const opened = await openStores(config);
  const stores = { ...opened, models: modelsOf(opened.models) };
  const logger = createLogger({ LOG_LEVEL: 'trace' }, sink);
  const app = await createApp(AppModule.with(config, logger, stores), logger, {
    ...httpSettingsOf(config),
    ...settings,
  });
  await app.init();

  const call = async (route: string, { token, key, body, headers, from }: Call = {}): Promise<Answer> => {
    const [method, url] = route.split(' ') as ['GET', string];
    const answer = await app.inject({
      method,
      url,
      remoteAddress: from ?? '127.0.0.1',
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(key !== undefined && { 'x-api-key': key }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const isJson = /\bjson/.test(String(answer.headers['content-type']));
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text: answer.body,
      body: isJson && answer.body !== '' ? answer.json() : undefined,
    };
  };

  return {
    app,
    call,
    logged: () => logged,
    events: async () => {
      const events: StoredEvent[] = [];
      for await (const event of app.get<Stores>(STORES).events.readAll()) events.push(event);
      return events;
    },
    logIn: async (credentials = owner) => {
      const answer = await call('POST /v1/admin/auth/login', { body: credentials });
      if (answer.status !== 200) throw new Error(`Not logged in: ${answer.text}`);
      return (answer.body as { accessToken: string }).accessToken;
    },
  };
};
