// Node with our handler, as a program of somebody's own would have it: `http.createServer`, and what it writes down.
//
// What to look at: the same work as in models/node/server.js, without that server's own rules for what it accepts.
'use strict';

const fs = require('node:fs');
const http = require('node:http');
const { helped, parse, send, whole } = require('../node/wire.js');
const { burn, hash, now, prepare, sleep, slowFile } = require('../node/work.js');

const settings = JSON.parse(process.argv[2]);
const folder = process.env.LOOPFORK_REPORT;
const lines = fs.openSync(`${folder}/${process.pid}-0-1`, 'a');
const inHand = new Set();

class Account {
  constructor(request) {
    this.job = parse(request);
    this.marks = [];
    inHand.add(this);
  }

  reach(place, at = now()) {
    this.marks.push([place, at]);
  }

  end(outcome, last) {
    if (!inHand.delete(this) || this.job.row < 0) return;
    this.reach(last);
    const marks = this.marks.map(([place, when]) => `${place}=${when.toFixed(7)}`).join(' ');
    fs.writeSync(lines, `${this.job.row} ${process.pid} 0 ${outcome} ${marks}\n`);
  }
}

function crash(seconds) {
  if (seconds === 0) return;
  for (const account of inHand) account.end('lost', 'left');
  process.kill(process.pid, 'SIGKILL');
}

const onTheLoop = { cpu: burn, io: sleep, crash };
const inAThread = { native: hash, block: slowFile };

async function work(account) {
  for (const [n, { kind, seconds }] of account.job.phases.entries()) {
    if (kind in inAThread) {
      await helped(account, n + 1, inAThread[kind](seconds));
    } else {
      account.reach(`handle.${n + 1}`);
      const later = onTheLoop[kind](seconds);
      if (later) await later;
    }
  }
  account.reach('respond');
}

async function handle(request, response) {
  request.resume();
  if (!(await whole(request))) return;
  const account = new Account(request);
  response.on('close', () => account.end('completed', 'closed'));
  await work(account);
  const nonce = account.job.row < 0 ? { 'X-Nonce': process.env.LOOPFORK_NONCE } : {};
  response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': account.job.bytes, ...nonce });
  await send(response, account.job.bytes);
}

function attend(request, response) {
  handle(request, response).catch((error) => response.writeHead(error.status ?? 500, { Connection: 'close' }).end());
}

prepare(settings.pipes);
const server = http.createServer(attend);
server.listen({ port: settings.port, host: '127.0.0.1', backlog: settings.backlog }, () =>
  fs.writeFileSync(`${folder}/here-${process.pid}`, ''),
);
