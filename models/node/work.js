// What the work of a request does to a process of Node: computing, waiting, hashing, and a file that takes its time.
//
// What to watch: computing burns CPU time of the loop itself, so that with less of a core it takes longer and costs the
// same. Only what libuv does in its own threads is handed to them.
'use strict';

const fs = require('node:fs');
const { pbkdf2, pbkdf2Sync } = require('node:crypto');
const { promisify } = require('node:util');

// On the loop.

const ROUNDS = 2000; // some microseconds
let spun = 0;
let roundsPerSecond = 0;
let hashing = 0; // tasks in libuv's threads, whose CPU time is that of this process too

function spin(rounds) {
  for (let n = 0; n < rounds; n++) spun = (spun * 31 + n) | 0;
}

function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function burn(seconds) {
  if (hashing) return spin(seconds * roundsPerSecond);
  const since = cpuSeconds();
  let rounds = 0;
  for (; cpuSeconds() - since < seconds; rounds += ROUNDS) spin(ROUNDS);
  if (seconds > 0.001) roundsPerSecond = rounds / (cpuSeconds() - since);
}

const now = () => Number(process.hrtime.bigint()) / 1e9; // the clock of Python's time.monotonic()

async function sleep(seconds) {
  const until = now() + seconds;
  for (let left = seconds; left > 0; left = until - now()) {
    await new Promise((resolve) => setTimeout(resolve, left * 1000)); // it counts from the start of the turn
  }
}

// In libuv's threads.

let hashesPerSecond = 0;
const hashInThread = promisify(pbkdf2);

async function hash(seconds) {
  hashing++;
  await hashInThread('password', 'salt', Math.max(1, Math.round(seconds * hashesPerSecond)), 32, 'sha256');
  hashing--;
}

// How fast this machine computes and hashes at the moment, and the pipes there are.
function prepare(writers) {
  pipes.push(...writers);
  burn(0.005);
  for (const probe of [2000, 10000]) {
    const since = cpuSeconds();
    pbkdf2Sync('password', 'salt', probe, 32, 'sha256');
    hashesPerSecond = probe / (cpuSeconds() - since);
  }
}

// A pipe that is full: its reader, in wire/slow_disk.py, takes the first page at once, and the rest after so many seconds. One
// thread of libuv is in write() for as long. Whoever finds no pipe waits for one; there are more of them than threads.
const PAGE = 4096;
const pipes = [];
const waiting = [];
const write = promisify(fs.write);

async function slowFile(seconds) {
  const pipe = pipes.pop() ?? (await new Promise((resolve) => waiting.push(resolve)));
  const pages = Buffer.alloc(3 * PAGE);
  pages.writeDoubleLE(seconds);
  await write(pipe, pages);
  if (waiting.length) waiting.shift()(pipe);
  else pipes.push(pipe);
}

module.exports = { burn, hash, now, prepare, sleep, slowFile };
