// What a server in Node needs besides its architecture: what a request says, its report, refusals, start and end.
//
// What to watch: the contract is that of models/wire, so that whoever sends requests need not know what answers them:
// X-Request, X-Steps, X-Response, and a line for each request in the report.
'use strict';

const cluster = require('node:cluster');
const fs = require('node:fs');
const { STATUS_CODES } = require('node:http');
const { now } = require('./work.js');

// `silent` is the only limit in time, and `whole` wants to say itself that a host is missing.
const NO_LIMITS = { requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 };
const OPTIONS = { ...NO_LIMITS, requireHostHeader: false, maxHeaderSize: 16 * 1024 };
const BODY_LIMIT = 32 * 1024 * 1024;
const RESPONSE_LIMIT = 2 ** 30;
const LINGER_MS = 1000; // for a client that is turned away: closing at once could destroy the answer

// What a request asks for.

class Refused extends Error {
  constructor(status) {
    super(STATUS_CODES[status]);
    this.status = status;
  }
}

function number(text, otherwise, limit) {
  if (text === undefined) return otherwise;
  if (!/^[0-9]{1,12}$/.test(text) || Number(text) > limit) throw new Refused(400);
  return Number(text);
}

function phase(text) {
  const match = /^(cpu|io|native|block|crash)=([0-9]{1,6}(\.[0-9]{1,12})?)$/.exec(text);
  if (!match || Number(match[2]) > 3600) throw new Refused(400);
  return { kind: match[1], seconds: Number(match[2]) };
}

function parse({ headers }) {
  const steps = headers['x-steps'] ? headers['x-steps'].split(',') : [];
  if (steps.length > 64) throw new Refused(400);
  return {
    row: number(headers['x-request'], -1, 1e12),
    phases: steps.map(phase),
    bytes: number(headers['x-response'], 0, RESPONSE_LIMIT),
  };
}

// Resolves when all of the body is here; to false where its client has left before.
function whole(request) {
  const { method, headers, httpVersion } = request;
  if (!['1.0', '1.1'].includes(httpVersion)) throw new Refused(httpVersion === '0.9' ? 400 : 505);
  if (httpVersion === '1.1' && headers.host === undefined) throw new Refused(400);
  if (headers['transfer-encoding'] || !['GET', 'POST'].includes(method)) throw new Refused(501);
  if (method === 'POST' && headers['content-length'] === undefined) throw new Refused(411);
  if (Number(headers['content-length'] ?? 0) > BODY_LIMIT) throw new Refused(413);
  if (request.destroyed && !request.complete) return false;
  return new Promise((resolve) => request.on('end', () => resolve(true)).on('close', () => resolve(false)));
}

// The report: a line for each request, in one write to a file that is opened for appending.

const inHand = new Set();
let report; // its descriptor

class Visit {
  constructor(socket, settings) {
    report ??= settings.report && fs.openSync(settings.report, 'a');
    Object.assign(this, { socket, row: -1, marks: [], seen: 0, left: false, refused: false });
    this.turn = Promise.resolve();
    this.reach('accept_event_loop');
    this.reach('receive');
    inHand.add(this);
  }

  reach(place, at = now()) {
    this.marks.push([place, at]);
  }

  get place() {
    return this.marks.at(-1)[0];
  }

  get begun() {
    return this.place !== 'receive' || this.socket.bytesRead > this.seen; // whether a request has
  }

  leave(outcome) {
    if (this.left) return;
    const heard = this.begun;
    this.left = true;
    inHand.delete(this);
    this.reach('left');
    if (!heard || !report) return;
    const marks = this.marks.map(([place, when]) => `${place}=${when.toFixed(7)}`).join(' ');
    fs.writeSync(report, `${this.row} ${life} -1 ${outcome} ${marks}\n`);
  }

  // The connection stays for another request.
  next(outcome) {
    this.leave(outcome);
    Object.assign(this, { row: -1, marks: [], seen: this.socket.bytesRead, left: false });
    this.reach('receive');
    inHand.add(this);
  }
}

// What a thread of libuv does for a request. Who has one is known by counting: they begin in the order in which they
// were handed over, as many as there are.

let busy = 0;
const queue = [];
const THREADS = Number(process.env.UV_THREADPOOL_SIZE);

async function helped(visit, number, done) {
  const again = number > 1 ? `_#${number}` : '';
  visit.reach(`hand_over.${number}`);
  visit.reach(`seize_libuv_thread${again}`);
  const turn = { begun: now() };
  if (busy < THREADS) busy++;
  else queue.push(turn);
  await done;
  visit.reach(`handle.${number}_in_libuv_thread`, turn.begun);
  visit.reach(`release_libuv_thread${again}`);
  if (queue.length) queue.shift().begun = now();
  else busy--;
}

// Answers.

const ZEROS = Buffer.alloc(64 * 1024);

// Resolves when the kernel has taken the last byte; to false where the client leaves before.
async function send(response, bytes) {
  const over = new Promise((resolve) => response.on('finish', () => resolve(true)).on('close', () => resolve(false)));
  for (; bytes > ZEROS.length; bytes -= ZEROS.length) {
    const drained = new Promise((resolve) => response.once('drain', resolve));
    if (!response.write(ZEROS) && !(await Promise.race([drained.then(() => true), over]))) return false;
  }
  response.end(ZEROS.subarray(0, bytes));
  return over;
}

// What Node's own parser does not understand.
function statusOf({ code, reason, rawPacket }) {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  if (code === 'HPE_INVALID_METHOD' && /^[A-Z]+ \S+ HTTP\/1/.test(rawPacket)) return 501;
  return /^Content-Length overflow/.test(reason) ? 413 : 400;
}

function refuse(socket, error) {
  const { visit } = socket;
  if (visit.refused || socket.destroyed) return;
  if (!error.status && !error.code) throw error; // a fault of ours
  if (!error.status && (error.code === 'HPE_INVALID_EOF_STATE' || !error.code.startsWith('HPE'))) {
    socket.destroy(); // the client has left
    return;
  }
  const status = error.status ?? statusOf(error);
  visit.refused = true;
  visit.reach('refuse');
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  visit.leave(`status_${status}`);
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

// Nothing has come or gone for too long.
function silent(socket) {
  const { visit } = socket;
  if (visit.place === 'receive' && visit.begun) refuse(socket, new Refused(408));
  else if (['receive', 'send'].includes(visit.place)) socket.destroy();
}

// Start and end. A process that dies of a request leaves word how long its successor boots: a number for each.

const life = Number(process.env.LOOPFORK_NUMBER ?? 0);

function crash(seconds) {
  if (seconds === 0) return;
  for (const visit of inHand) visit.leave('lost');
  const word = Buffer.alloc(8);
  word.writeDoubleLE(seconds);
  fs.writeSync(boots, word, 0, 8, 8 * life);
  process.kill(process.pid, 'SIGKILL');
}

let boots; // a descriptor

function begin(settings, listen) {
  process.on('SIGINT', () => {}); // Ctrl-C reaches everybody; the master decides
  cluster.worker?.on('error', () => process.exit()); // the primary is gone
  boots = settings.boots;
  const word = Buffer.alloc(8);
  fs.readSync(boots, word, 0, 8, 8 * life);
  fs.writeSync(boots, Buffer.alloc(8), 0, 8, 8 * life);
  setTimeout(listen, word.readDoubleLE() * 1000);
}

const LOST = 3; // the exit code of a worker whose primary has no socket any more: Node closes it when all have died

// The primary of a cluster: Node's own accepts and deals connections out in turn; this replaces who dies.
function deal(settings) {
  const each = settings.pipes.length / settings.processes;
  const numbers = new Map();
  let stopping = false;
  const fork = (number) => {
    const own = settings.pipes.slice(number * each, (number + 1) * each);
    const first = 5; // behind stdin, stdout, stderr, Node's own channel, and the word for the next life
    const told = { ...settings, boots: first - 1, pipes: own.map((_, n) => first + n) };
    const stdio = ['ignore', 'inherit', 'inherit', 'ipc', settings.boots, ...own];
    cluster.setupPrimary({ args: [JSON.stringify(told)], stdio });
    numbers.set(cluster.fork({ LOOPFORK_NUMBER: number }), number);
  };
  const { listen } = require('node:net').Server.prototype;
  require('node:net').Server.prototype.listen = function (options, ...rest) {
    return listen.call(this, options, options.backlog, ...rest); // beside a descriptor, Node forgets the backlog
  };
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {
    stopping = true;
    for (const worker of numbers.keys()) worker.process.kill('SIGTERM');
  });
  cluster.on('exit', (worker, code) => {
    const number = numbers.get(worker);
    numbers.delete(worker);
    if (stopping) numbers.size || process.exit(0);
    else if (code === LOST) process.exit(1);
    else fork(number);
  });
  for (let number = 0; number < settings.processes; number++) fork(number);
}

module.exports = { LOST, OPTIONS, Visit, begin, crash, deal, helped, parse, refuse, send, silent, whole };
