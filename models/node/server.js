// Node, for real: one loop, and a pool of threads behind it. Read it beside model.py.
//
// What to look at: computing has no `await`, so everybody waits. Hashing and writing to a file have one: a thread of libuv
// does it meanwhile. There are four of them, and the fifth who wants one waits too. A timer or a socket needs none.
// Koa and Express are a function between `createServer` and the work: the loop and its threads stay the same.
'use strict';

const cluster = require('node:cluster');
const http = require('node:http');
const wire = require('./wire.js');
const { burn, hash, prepare, sleep, slowFile } = require('./work.js');

const settings = JSON.parse(process.argv[2]);
const open = new Set(); // sockets
let stopping = false;

const onTheLoop = {
  cpu: burn, // and everybody waits
  io: sleep, // a timer, as for another machine's answer: others go on
  crash: wire.crash,
};
const inAThread = {
  native: hash, // crypto.pbkdf2
  block: slowFile, // fs.write
};

async function handle(request, response) {
  const { visit } = request.socket;
  request.resume(); // what comes is counted and not kept
  if (!(await wire.whole(request))) return;
  visit.reach('parse');
  const job = wire.parse(request);
  visit.row = job.row;
  for (const [n, phase] of job.phases.entries()) {
    if (phase.kind in inAThread) {
      await wire.helped(visit, n + 1, inAThread[phase.kind](phase.seconds)); // others go on meanwhile
    } else {
      visit.reach(`handle.${n + 1}`);
      const later = onTheLoop[phase.kind](phase.seconds);
      if (later) await later;
    }
  }
  visit.reach('respond');
  response.shouldKeepAlive &&= !stopping;
  response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': job.bytes });
  visit.reach('send');
  if (!(await wire.send(response, job.bytes))) return;
  if (response.shouldKeepAlive) visit.next('completed');
  else visit.leave('completed');
}

function attend(request, response) {
  const { visit } = request.socket; // who sends a second request before the first is answered waits for that
  visit.turn = visit.turn.then(() => handle(request, response)).catch((error) => wire.refuse(request.socket, error));
}

function accept(socket) {
  socket.visit = new wire.Visit(socket, settings);
  open.add(socket);
  socket.on('close', () => open.delete(socket) && socket.visit.leave('gave_up')); // unless it has left before
}

function finish() {
  // SIGTERM: accept nothing, close what is idle, finish what has begun.
  stopping = true;
  server.close(() => process.exit(0));
  for (const socket of open) if (!socket.visit.begun) socket.destroy();
}

const server = http.createServer(wire.OPTIONS, attend);
server.on('connection', accept);
server.on('clientError', (error, socket) => wire.refuse(socket, error));
server.on('error', () => process.exit(wire.LOST));
server.setTimeout(settings.idle * 1000, wire.silent);

if (settings.processes > 1 && cluster.isPrimary) {
  wire.deal(settings); // of several processes, the primary accepts, and deals connections to them in turn
} else {
  process.on('SIGTERM', () => stopping || finish());
  prepare(settings.pipes);
  wire.begin(settings, () => server.listen({ fd: settings.listener, backlog: settings.backlog }, settings.backlog));
}
