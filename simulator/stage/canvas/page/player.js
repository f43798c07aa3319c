// Plays a film of cells: rows that change, one after another in time. Nothing is loaded, and nothing is kept.
"use strict";

const film = JSON.parse(document.getElementById("film").textContent);
const [picture, play, scrub, time, speed] = ["picture", "play", "scrub", "time", "speed"].map((id) =>
  document.getElementById(id),
);
const context = picture.getContext("2d", { alpha: false });
const shapes = new Map(Object.entries(film.shapes).map(([character, outline]) => [character, new Path2D(outline)]));
const FONTS = "DejaVu Sans Mono, Menlo, Consolas, Liberation Mono, monospace";
const SPEEDS = [0.25, 0.5, 1, 2, 4];
const CELL = [8, 16]; // units that shapes are drawn in
const BASELINE = 12.5;
const WIDE_SIZE = 14;
const RIGHT_HALF = "\t"; // stands in the right cell of a wide character
const CONTROLS = 40; // how high they are
const STEP_MS = 1000;
const last = film.frames.length - 1;
const cellsOf = film.lines.map(() => null);

let shown = -1;
let playing = false;
let at_ms = 0;
let fast = 1;
let before_ms = 0;
let spoken_ms = -Infinity;
let lines = new Array(film.rows).fill(0);
let painted = new Array(film.rows).fill(-1);
let unit = 1;
let letters = 13;

// What is seen.

function cells(line) {
  cellsOf[line] ??= Array.from(film.lines[line][0]);
  return cellsOf[line];
}

function paintRow(row) {
  const [width, height] = CELL.map((size) => size * unit);
  const characters = cells(lines[row]);
  const runs = film.lines[lines[row]][1];
  context.setTransform(1, 0, 0, 1, 0, row * height);
  context.save();
  context.beginPath();
  context.rect(0, 0, film.cols * width, height);
  context.clip();
  for (let i = 0, col = 0; i < runs.length; col += runs[i], i += 2) {
    context.fillStyle = film.looks[runs[i + 1]][1];
    context.fillRect(col * width, 0, runs[i] * width, height);
  }
  for (let i = 0, col = 0; i < runs.length; col += runs[i], i += 2) {
    const [colour, , bold] = film.looks[runs[i + 1]];
    context.fillStyle = colour;
    paintRun(characters, col, col + runs[i], bold ? "bold " : "", row * height);
  }
  context.restore();
}

function paintRun(characters, start, end, weight, top) {
  const width = CELL[0] * unit;
  for (let col = start; col < end; col++) {
    const character = characters[col];
    if (character === " " || character === RIGHT_HALF) {
      continue;
    }
    if (shapes.has(character)) {
      context.setTransform(unit, 0, 0, unit, col * width, top);
      context.fill(shapes.get(character));
      context.setTransform(1, 0, 0, 1, 0, top);
      continue;
    }
    let word = character;
    while (col + 1 < end && isPlain(word) && isPlain(characters[col + 1])) {
      word += characters[++col];
    }
    const wide = characters[col + 1] === RIGHT_HALF;
    context.font = `${weight}${wide ? WIDE_SIZE * unit : letters}px ${FONTS}`;
    context.textAlign = isPlain(word) ? "left" : "center";
    const first = col + 1 - (isPlain(word) ? word.length : 1);
    const left = isPlain(word) ? first : first + (wide ? 1 : 0.5);
    context.fillText(word, left * width, BASELINE * unit);
  }
}

function isPlain(text) {
  return /^[!-~]+$/.test(text);
}

function resize() {
  const dense = window.devicePixelRatio || 1;
  const room = [window.innerWidth / film.cols, (window.innerHeight - CONTROLS) / film.rows / 2];
  const fit = Math.max(Math.min(...room), 1);
  const width = Math.ceil(fit * dense); // whole pixels are sharp; what is too wide by less than one is made smaller
  unit = width / CELL[0];
  picture.width = film.cols * width;
  picture.height = film.rows * 2 * width;
  picture.style.width = `${film.cols * fit}px`;
  picture.style.height = `${film.rows * 2 * fit}px`;
  document.getElementById("controls").style.width = picture.style.width;
  context.font = `100px ${FONTS}`;
  letters = (width * 100) / context.measureText("M").width;
  painted.fill(-1);
  paint();
}

function paint() {
  for (let row = 0; row < film.rows; row++) {
    if (painted[row] !== lines[row]) {
      paintRow(row);
      painted[row] = lines[row];
    }
  }
}

// What is heard: the words of the picture that is shown, at rest or once a second.

function speak(now_ms) {
  if (playing && now_ms - spoken_ms < 1000) {
    return;
  }
  spoken_ms = now_ms;
  const words = lines.map((line) => film.lines[line][0].replaceAll(RIGHT_HALF, "").trim());
  picture.setAttribute("aria-label", `${document.title}\n${words.filter(Boolean).join("\n")}`);
}

// Time.

function show(number, now_ms) {
  if (number < shown) {
    shown = -1;
  }
  while (shown < number) {
    const [, ...changes] = film.frames[++shown];
    for (let i = 0; i < changes.length; i += 2) {
      lines[changes[i]] = changes[i + 1];
    }
  }
  paint();
  speak(now_ms);
  const seconds = [film.frames[shown][0], film.frames[last][0]].map((ms) => (ms / 1000).toFixed(1));
  scrub.value = shown;
  scrub.setAttribute("aria-valuetext", `${seconds[0]} s`);
  time.textContent = `${seconds[0]} / ${seconds[1]} s`;
  play.textContent = playing ? "\u2016" : "\u25ba";
  play.setAttribute("aria-label", playing ? film.words.pause : film.words.play);
  speed.textContent = `\u00d7${fast}`;
  speed.setAttribute("aria-label", `${film.words.speed}: ${fast}`);
}

function seek(ms) {
  at_ms = Math.min(Math.max(ms, 0), film.frames[last][0]);
  let number = last;
  while (number > 0 && film.frames[number][0] > at_ms) {
    number--;
  }
  show(number, performance.now());
}

function tick(now_ms) {
  if (!playing) {
    return;
  }
  at_ms += (now_ms - before_ms) * fast;
  before_ms = now_ms;
  playing = at_ms < film.frames[last][0];
  seek(at_ms);
  window.requestAnimationFrame(tick);
}

function setPlaying(wanted) {
  playing = wanted && last > 0;
  if (playing) {
    if (shown === last) {
      at_ms = 0;
    }
    before_ms = performance.now();
    window.requestAnimationFrame(tick);
  }
  seek(at_ms);
}

function setSpeed(number) {
  fast = SPEEDS[Math.min(Math.max(number, 0), SPEEDS.length - 1)];
  show(shown, performance.now());
}

function step(by) {
  playing = false;
  seek(film.frames[Math.min(Math.max(shown + by, 0), last)][0]);
}

const KEYS = {
  " ": () => setPlaying(!playing),
  ",": () => step(-1),
  ".": () => step(1),
  "[": () => setSpeed(SPEEDS.indexOf(fast) - 1),
  "]": () => setSpeed(SPEEDS.indexOf(fast) + 1),
  ArrowLeft: () => seek(at_ms - STEP_MS),
  ArrowRight: () => seek(at_ms + STEP_MS),
  Home: () => seek(0),
  End: () => seek(film.frames[last][0]),
};

document.addEventListener("keydown", (event) => {
  const pressed = event.target instanceof HTMLButtonElement && event.key === " "; // the button does it
  if (event.ctrlKey || event.altKey || event.metaKey || pressed || !(event.key in KEYS)) {
    return;
  }
  event.preventDefault();
  KEYS[event.key]();
});
play.addEventListener("click", () => setPlaying(!playing));
picture.addEventListener("click", () => setPlaying(!playing));
speed.addEventListener("click", () => setSpeed((SPEEDS.indexOf(fast) + 1) % SPEEDS.length));
scrub.addEventListener("input", () => {
  playing = false;
  seek(film.frames[Number(scrub.value)][0]);
});
window.addEventListener("resize", resize);

seek(0);
resize();
if (window.location.hash === "#play" && !window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
  setPlaying(true);
}
