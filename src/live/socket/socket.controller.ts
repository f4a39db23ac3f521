import { Controller, Get, Inject, Req, Res, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { WebSocketServer, type WebSocket } from 'ws';
import { DomainError } from '#lib/event-sourcing';
import type { Log } from '#lib/subscriptions';
import { CALLERS, type Callers } from '../../identity/callers.contract.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, Refuses } from '../../platform/openapi/answers.js';
import { LOG } from '../../platform/tokens.js';
import { LiveReaders } from '../live-readers.js';
import { Opening } from '../opening.js';
import { Conversation } from './conversation.js';
import { LiveSocket } from './live-socket.js';
import { routeUpgrades, upgradeHeadOf } from './upgrades.js';

const maxFrameBytes = 16 * 1024;
/** Within which a client must say who it is. */
const authenticationTimeoutMs = 10_000;

const noWebSocket = { status: 422, code: 'no_websocket', detail: 'Connect with a WebSocket client' };

const description = `The same events as \`GET /v1/events\`, in frames of JSON text.

First say who you are: \`{"auth": {"apiKey": "wb_…"}}\` or \`{"auth": {"ticket": "wt_…"}}\`, answered by \`{"authenticated": …}\`. Then ask:
\`{"subscribe": {"types": ["message.*"], "sessionId": "…", "chat": "…", "after": "…"}}\`, in which all is optional, answered by \`{"subscribed": {"cursor": "…"}}\`. A
further one takes the place of the one before. Each event is a frame with the body that webhooks get, and its \`cursor\`: give the last one as \`after\` to
resume. \`{"ping": 1}\` is answered by \`{"pong": 1}\`, and a question that is wrong by \`{"error": {"code", "detail"}}\`. \`{"heartbeat": {"cursor": "…"}}\` comes
while nothing happens, and \`{"end": {"code", "detail"}}\` before the service closes the connection. Frames are answered one after the other: with
more than a hundred that wait, or where the answers are not taken, the connection is closed.`;

/** Events on WebSockets. Plain `ws`: Nest's gateways have frames of a form of their own. */
@ApiTags('Events')
@Controller('v1/ws')
export class SocketController implements OnModuleInit, BeforeApplicationShutdown {
  private readonly server = new WebSocketServer({ noServer: true, maxPayload: maxFrameBytes });

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly opening: Opening,
    private readonly readers: LiveReaders,
    @Inject(CALLERS) private readonly callers: Callers,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onModuleInit(): void {
    routeUpgrades(this.host.httpAdapter.getInstance<FastifyInstance>().server);
  }

  beforeApplicationShutdown(): void {
    for (const socket of this.server.clients) {
      new LiveSocket(socket).end({ code: 'service_stopping', detail: 'The service stops: connect again and resume' });
    }
  }

  @Get()
  @Permit('public')
  @ApiOperation({ summary: 'Follow your events live (WebSocket)', description })
  @Answers(101, 'The connection is a WebSocket from here on')
  @Refuses(noWebSocket)
  open(@Req() { raw, ip }: FastifyRequest, @Res() reply: FastifyReply): void {
    const head = upgradeHeadOf(raw);
    if (!head) throw new DomainError('refused', noWebSocket.code, noWebSocket.detail);
    const { socket } = raw;
    reply.hijack();
    reply.raw.detachSocket(socket);
    this.server.handleUpgrade(raw, socket, head, (opened) => this.converse(opened, ip));
  }

  private converse(opened: WebSocket, ip: string): void {
    const { callers, opening, readers, log } = this;
    const socket = new LiveSocket(opened);
    const conversation = new Conversation(socket, ip, { callers, opening, readers, log });
    const late = setTimeout(() => {
      if (conversation.isAuthenticated()) return;
      conversation.close();
      socket.end({ code: 'unauthorized', detail: 'You did not say in time who you are' });
    }, authenticationTimeoutMs).unref();
    opened.on('message', (data) => {
      conversation.hear((data as Buffer).toString()).catch((error: unknown) => {
        log.error({ err: error }, 'A frame of a live reader could not be handled');
        conversation.close();
        socket.end({ code: 'internal_error', detail: 'Something went wrong here: connect again and resume' });
      });
    });
    opened.on('error', (error) => log.warn({ err: error }, 'A WebSocket broke'));
    opened.on('close', () => {
      clearTimeout(late);
      conversation.close();
    });
  }
}
