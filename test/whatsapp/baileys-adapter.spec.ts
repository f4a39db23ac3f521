import { describe } from '@jest/globals';
import { ackCases } from './adapter/acks.cases.js';
import { connectingCases } from './adapter/connecting.cases.js';
import { groupCases } from './adapter/groups.cases.js';
import { linkingCases } from './adapter/linking.cases.js';
import { logoutCases } from './adapter/logout.cases.js';
import { mediaCases } from './adapter/media.cases.js';
import { openFileCases } from './adapter/open-files.cases.js';
import { queryCases } from './adapter/queries.cases.js';
import { receivingCases } from './adapter/receiving.cases.js';
import { redeliveryCases } from './adapter/redelivery.cases.js';
import { sendingCases } from './adapter/sending.cases.js';
import { severalSessionsCases } from './adapter/several-sessions.cases.js';
import { channelCases, statusCases } from './adapter/status.cases.js';
import { adapter } from './support/gateway.js';

adapter.isOnThread = true; // as in the service

describe('linking', () => {
  linkingCases();
});
describe('a linked session', () => {
  sendingCases();
  receivingCases();
  redeliveryCases();
  queryCases();
  mediaCases();
  openFileCases();
});
describe('groups', () => {
  groupCases();
});
describe('a status post', () => {
  statusCases();
});
describe('a post', () => {
  channelCases();
});
describe('a message that WhatsApp does not simply acknowledge', () => {
  ackCases();
});
describe('a connection', () => {
  connectingCases();
});
describe('a logout', () => {
  logoutCases();
});
describe('several sessions', () => {
  severalSessionsCases();
});
