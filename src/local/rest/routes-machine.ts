import * as schema from '../../base/schema.ts'
import { Board, CommandHelp, LogLines } from './answers.ts'
import { paging, typed } from './asked.ts'
import { healthOf } from './health.ts'
import { metricsOf } from './metrics.ts'
import { type Route, route } from './route.ts'
import { closed, Done, Finding, Health } from './shapes.ts'

const usualLines = 200

export const machineRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/health',
    tag: 'Health',
    summary: 'Guard, core, clock, disk, heat, link and faults, each with its remedy',
    access: 'read',
    answer: Health,
    example: {},
    run: (_input, ports) => ({ body: healthOf(ports) }),
  }),
  route({
    method: 'GET',
    path: '/doctor',
    tag: 'Health',
    summary: 'What stands in the way of charging with this board on this computer, as `pilotwire doctor` says it',
    access: 'read',
    answer: schema.array(Finding),
    example: {},
    run: async (_input, { machine }) => ({ body: (await machine.doctor()).map(({ remedy, ...rest }) => ({ ...rest, remedy: remedy ?? null })) }),
  }),
  route({
    method: 'GET',
    path: '/board',
    tag: 'Health',
    summary: 'What hangs on the board',
    access: 'read',
    answer: Board,
    example: {},
    run: (_input, { machine: { board } }) => ({ body: { ...board, wiring: [...board.wiring] } }),
  }),
  route({
    method: 'GET',
    path: '/log',
    tag: 'Health',
    summary: 'The newest lines of the log, the oldest first',
    access: 'read',
    query: schema.object({ lines: schema.optional({ ...paging(5_000, usualLines).limit }) }, closed),
    answer: LogLines,
    example: { query: { lines: 50 } },
    run: ({ query: { lines = usualLines } }, { machine }) => ({ body: { lines: [...machine.logLines().slice(-lines)] } }),
  }),
  route({
    method: 'GET',
    path: '/metrics',
    tag: 'Health',
    summary: 'Figures for Prometheus',
    access: 'read',
    answer: 'text/plain',
    example: {},
    run: (_input, ports) => ({ body: metricsOf(ports) }),
  }),
  route({
    method: 'GET',
    path: '/commands',
    tag: 'Commands',
    summary: 'The commands of console and control door',
    access: 'read',
    answer: schema.array(CommandHelp),
    example: {},
    run: (_input, { commands }) => ({ body: commands.rows.map(({ name, usage, help }) => ({ name, usage, help })) }),
  }),
  route({
    method: 'POST',
    path: '/commands',
    tag: 'Commands',
    summary: 'Types a line, as at the console',
    access: 'change',
    body: schema.object({ line: schema.string({ description: 'status available 1', minLength: 1, maxLength: 500 }) }, closed),
    answer: Done,
    example: { body: { line: 'info' } },
    run: ({ body }, ports) => typed(ports, body.line),
  }),
]
