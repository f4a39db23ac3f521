import { describe, expect, it } from '@jest/globals';
import { clientUrl, InvalidEventStoreUrl } from './connection-url.js';

describe('the connection string', () => {
  it.each([
    ['esdb://localhost:2113?tls=false', 'esdb://localhost:2113?tls=false'],
    ['kurrentdb://admin:changeit@db:2113', 'esdb://admin:changeit@db:2113'],
    [
      'kurrentdb+discover://cluster.local?tls=true&node_preference=leader',
      'esdb+discover://cluster.local?tls=true&node_preference=leader',
    ],
    ['esdb://a:1,b:2,c:3/?tlsCAFile=/ca.pem', 'esdb://a:1,b:2,c:3/?tlsCAFile=/ca.pem'],
  ])('%s is used as %s', (url, expected) => {
    expect(clientUrl(url)).toBe(expected);
  });

  it.each([
    ['http://localhost:2113', 'It must start with esdb://'],
    ['esdb://', 'It must name a host'],
    ['esdb://u:secret@host?tlsVerifyCert=false', 'tlsCAFile'],
    ['esdb://u:secret@host?tsl=true', 'unknown option: tsl'],
    ['esdb://u:secret@host?tls', 'has no value'],
  ])('%s is refused with a sentence that does not contain the password', (url, message) => {
    expect(() => clientUrl(url)).toThrow(InvalidEventStoreUrl);
    expect(() => clientUrl(url)).toThrow(message);
    expect(() => clientUrl(url)).not.toThrow('secret');
  });
});
