import { Body, Controller, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';

/*
 * The least that a service of this kind can do, in a process of its own: a route of Nest on Fastify that takes a body, looks at nothing, and
 * answers a constant. Prints where it listens.
 */

const answer = {
  id: '01a21918-5467-7003-973d-086bb9de3556',
  status: 'queued',
  to: '+491701234567',
  type: 'text',
  text: { body: 'Your parcel is here.' },
};

@Controller('v1/messages')
class ConstantController {
  @Post()
  @HttpCode(202)
  send(@Body() _body: object): typeof answer {
    return answer;
  }
}

@Module({ controllers: [ConstantController] })
class ConstantModule {}

const app = await NestFactory.create<NestFastifyApplication>(ConstantModule, new FastifyAdapter(), { logger: false });
await app.listen(0, '127.0.0.1');
process.stdout.write(`${await app.getUrl()}\n`);
