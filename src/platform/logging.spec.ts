import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { createLogger } from './logging.js';

const logging = (format?: 'pretty') => {
  const lines: string[] = [];
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  return { logger: createLogger({ LOG_LEVEL: 'info', LOG_FORMAT: format }, sink), lines };
};

describe('the log', () => {
  it('has no secret and no message body in it, wherever they stand', () => {
    const { logger, lines } = logging();
    logger.info(
      { password: 'hunter2', headers: { authorization: 'hunter2', 'x-api-key': 'hunter2', cookie: 'hunter2' } },
      'a',
    );
    logger.info({ request: { headers: { 'x-api-key': 'hunter2' } }, command: { data: { text: 'hunter2' } } }, 'b');
    logger.info({ token: 'hunter2', nested: { secret: 'hunter2', qr: 'hunter2' }, message: { text: 'hunter2' } }, 'c');
    expect(lines).toHaveLength(3);
    expect(lines.join('')).not.toContain('hunter2');
    expect(lines.join('')).toContain('[redacted]');
  });

  it('tells an error with its stack', () => {
    const { logger, lines } = logging();
    logger.error({ err: new Error('Broken') }, 'It failed');
    const [line] = lines.map((text) => JSON.parse(text) as { err: { message: string; stack: string }; msg: string });
    expect(line).toMatchObject({ msg: 'It failed', err: { message: 'Broken' } });
    expect(line?.err.stack).toContain('logging.spec');
  });

  it('writes a warning at once, with what is before it', () => {
    const written: string[] = [];
    const sink = new Writable({ write: (_chunk, _encoding, done) => done() });
    const flushed = Object.assign(sink, { flush: () => void written.push('flushed') });
    const logger = createLogger({ LOG_LEVEL: 'info' }, flushed);
    logger.info('no hurry');
    expect(written).toEqual([]);
    logger.warn('look at this');
    expect(written).toEqual(['flushed']);
  });

  it('is short lines for people where that is asked for, without secrets as well', () => {
    const { logger, lines } = logging('pretty');
    logger.info({ url: 'http://127.0.0.1', password: 'hunter2' }, 'It listens');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\[\d\d:\d\d:\d\d\].*INFO.*It listens.*"url":"http:\/\/127\.0\.0\.1".*\n$/);
    expect(lines[0]).not.toMatch(/hunter2|pid|hostname/);
  });

  it('leaves out what is below its level', () => {
    const { logger, lines } = logging();
    logger.debug('not this');
    expect(lines).toEqual([]);
  });
});
