/** Drawing of one chart on a canvas: thin axes, lines with labels at their ends, marks, playhead. */

import { INK } from "./encode.js";
import { LINE_COLOURS } from "./encode.js";
import { formatValue } from "./encode.js";
import { lineStyle } from "./encode.js";
import { niceScale } from "./encode.js";

const SOFT = "#6b665c";
const HAIR = "#e3ded3";

/**
 * Return a run's numbers for a line of a chart, by its name: two towns may have other groups, and so other places.
 * @param {Store} store
 * @param {Object} chart of the first run
 * @param {Object} line of that chart
 * @returns {Float32Array} empty where this run has no such line
 */
export function numbersOf(store, chart, line) {
  const own = store.setup.charts.find(({ key }) => key === chart.key)?.lines.find(({ label }) => label === line.label);
  return own ? store.lines[own.value] : new Float32Array(0);
}

/**
 * Return the lines of a chart for the runs shown.
 * @param {Object} chart
 * @param {Store[]} stores
 * @returns {Object[]} numbers, label, both (the label where two runs agree), line, run, colour, dash
 */
export function linesOf(chart, stores) {
  const pair = stores.length > 1;
  const single = chart.lines.length === 1;
  return stores.flatMap((store, run) => chart.lines.map((line, k) => ({
    numbers: numbersOf(store, chart, line),
    label: pair ? (single ? store.setup.label : `${store.setup.label} ${line.label}`) : line.label,
    both: single ? stores.map((each) => each.setup.label).join(", ") : line.label,
    line: k,
    run,
    ...lineStyle(line.style ?? k, run, pair, single),
  })));
}

/**
 * Return the limits of a chart's vertical axis.
 * @param {Object} chart
 * @param {Object[]} lines as from `linesOf`
 * @param {number} seen last month that may be looked at
 * @returns {{low: number, high: number, ticks: number[]}}
 */
export function scaleOf(chart, lines, seen) {
  let low = Infinity;
  let high = -Infinity;
  const take = (value) => {
    if (!Number.isFinite(value)) return;
    low = Math.min(low, value);
    high = Math.max(high, value);
  };
  for (const line of lines) for (let m = 0; m <= seen; m += 1) take(line.numbers[m]);
  for (const mark of chart.marks ?? []) take(mark.at);
  if (Number.isFinite(chart.low)) low = Math.min(chart.low, low);
  if (Number.isFinite(chart.high)) high = Math.max(chart.high, high);
  if (!Number.isFinite(chart.low) && low > 0 && low < 0.4 * high) low = 0;
  return niceScale(low, high);
}

/**
 * Return the ticks of the month axis, whole years.
 * @param {number} months
 * @param {number} room how many ticks there is room for
 * @returns {number[]} months
 */
export function yearTicks(months, room) {
  const years = months / 12;
  const gap = [1, 2, 5, 10, 20, 50, 100].find((each) => years / each <= room) ?? 200;
  const ticks = [];
  for (let year = 0; year * 12 <= months; year += gap) ticks.push(year * 12);
  return ticks;
}

/**
 * Move labels apart so that none covers another, each as near to its place as can be.
 * @param {{y: number, height: number}[]} labels `y` is changed in place
 * @param {number} top
 * @param {number} bottom
 */
export function spread(labels, top, bottom) {
  const sorted = [...labels].sort((one, two) => one.y - two.y);
  let low = top;
  for (const label of sorted) {
    label.y = Math.max(label.y, low + label.height / 2);
    low = label.y + label.height / 2;
  }
  let high = bottom;
  for (const label of sorted.reverse()) {
    label.y = Math.min(label.y, high - label.height / 2);
    high = label.y - label.height / 2;
  }
}

/** Where the parts of a chart lie, and how its numbers become pixels. */
export class Frame {
  /**
   * @param {Object} box width, height, left, right, font: pixels
   * @param {number} months
   * @param {{low: number, high: number}} scale
   */
  constructor(box, months, scale) {
    Object.assign(this, box);
    this.months = Math.max(1, months);
    this.scale = scale;
    this.top = 10;
    this.bottom = this.height - this.font - 10;
    this.end = this.width - this.right;
  }

  /** @param {number} month */
  x(month) {
    return this.left + ((this.end - this.left) * month) / this.months;
  }

  /** @param {number} value */
  y(value) {
    const part = (value - this.scale.low) / (this.scale.high - this.scale.low);
    return this.bottom - (this.bottom - this.top) * part;
  }

  /** @param {number} x */
  month(x) {
    return Math.round(((x - this.left) / (this.end - this.left)) * this.months);
  }

  /** @param {number} y */
  value(y) {
    const part = Math.min(1, Math.max(0, (this.bottom - y) / (this.bottom - this.top)));
    return this.scale.low + part * (this.scale.high - this.scale.low);
  }
}

/**
 * Draw the axes, events and marks of a chart.
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {Object} chart
 * @param {{months: number, events: Object[], split: number, words: Object, start: string}} state
 */
export function drawAxes(context, frame, chart, state) {
  context.font = `${frame.font}px system-ui, sans-serif`;
  context.lineWidth = 1;
  context.setLineDash([]);
  context.textBaseline = "middle";
  for (const event of state.events) {
    if (event.month > state.months) continue;
    const x = Math.round(frame.x(event.month)) + 0.5;
    if (event.last > event.month) {
      context.fillStyle = "#f3eee3";
      const wide = frame.x(Math.min(event.last, state.months)) - x;
      context.fillRect(x, frame.bottom - 5, Math.max(1, wide), 5);
    }
    context.strokeStyle = "#b9b2a2";
    context.setLineDash([1, 3]);
    line(context, x, frame.top, x, frame.bottom);
    context.setLineDash([]);
    context.fillStyle = "#8a3b12";
    context.beginPath();
    context.moveTo(x, frame.bottom - 7);
    context.lineTo(x + 6, frame.bottom - 3.5);
    context.lineTo(x, frame.bottom);
    context.fill();
  }
  context.textAlign = "right";
  for (const tick of frame.scale.ticks) {
    const y = Math.round(frame.y(tick)) + 0.5;
    context.strokeStyle = HAIR;
    line(context, frame.left, y, frame.end, y);
    context.fillStyle = SOFT;
    context.fillText(formatTick(tick, chart.unit, frame.scale), frame.left - 6, y);
  }
  context.strokeStyle = "#8a8578";
  line(context, frame.left, Math.round(frame.bottom) + 0.5, frame.end, Math.round(frame.bottom) + 0.5);
  context.textBaseline = "alphabetic";
  context.textAlign = "center";
  context.fillStyle = SOFT;
  for (const tick of yearTicks(state.months, (frame.end - frame.left) / 48)) {
    const x = Math.round(frame.x(tick)) + 0.5;
    line(context, x, frame.bottom, x, frame.bottom + 4);
    context.fillText(String(tick / 12), x, frame.height - 3);
  }
  if (frame.right > 50) {
    context.textAlign = "left";
    context.fillText(state.years, frame.end + 0.6 * frame.font + 6, frame.height - 3);
  }
  drawMarks(context, frame, chart, state);
}

function formatTick(tick, unit, scale) {
  if (unit === "%") return formatValue(tick, unit);
  const digits = scale.ticks.some((each) => Math.abs(each * 10 - Math.round(each * 10)) > 1e-6) ? 2
    : scale.ticks.some((each) => Math.abs(each - Math.round(each)) > 1e-6) ? 1 : 0;
  return tick.toFixed(digits).replace("-", "−");
}

function drawMarks(context, frame, chart, state) {
  context.textAlign = "left";
  for (const mark of chart.marks ?? []) {
    const y = Math.round(frame.y(mark.at)) + 0.5;
    context.strokeStyle = INK;
    context.setLineDash([3, 3]);
    line(context, frame.left, y, frame.end, y);
    context.setLineDash([]);
    const left = state.month > 0.55 * state.months;
    context.textAlign = left ? "left" : "right";
    halo(context, mark.label, left ? frame.left + 4 : frame.end, y - 5 < frame.top + frame.font ? y + frame.font : y - 5, INK);
  }
  if (state.split >= 0) {
    const x = Math.round(frame.x(state.split)) + 0.5;
    context.strokeStyle = "#8a3b12";
    context.lineWidth = 1.5;
    line(context, x, frame.top, x, frame.bottom);
    context.lineWidth = 1;
  }
}

function line(context, x0, y0, x1, y1) {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

function halo(context, text, x, y, colour) {
  context.lineJoin = "round";
  context.lineWidth = 4;
  context.strokeStyle = "rgba(255,255,255,0.94)";
  context.strokeText(text, x, y);
  context.fillStyle = colour;
  context.fillText(text, x, y);
  context.lineWidth = 1;
}

/**
 * Draw the lines of a chart up to the playhead; what was seen beyond it stays faint.
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {Object[]} lines
 * @param {number} month the playhead
 * @param {number} seen last month that may be looked at
 */
export function drawLines(context, frame, lines, month, seen) {
  context.lineJoin = "round";
  context.lineCap = "butt";
  for (const each of lines) {
    context.strokeStyle = each.colour;
    context.lineWidth = frame.thick;
    context.setLineDash(each.dash);
    course(context, frame, each.numbers, 0, month);
    if (seen > month) {
      context.globalAlpha = 0.28;
      course(context, frame, each.numbers, month, seen);
      context.globalAlpha = 1;
    }
  }
  context.setLineDash([]);
  const x = Math.round(frame.x(month)) + 0.5;
  context.strokeStyle = INK;
  context.lineWidth = 1;
  line(context, x, frame.top, x, frame.bottom + 4);
  for (const each of lines) {
    const value = each.numbers[month];
    if (!Number.isFinite(value)) continue;
    context.beginPath();
    context.arc(frame.x(month), frame.y(value), frame.thick + 1.2, 0, 2 * Math.PI);
    context.fillStyle = each.colour;
    context.fill();
    context.strokeStyle = "#ffffff";
    context.stroke();
  }
}

function course(context, frame, numbers, from, to) {
  context.beginPath();
  let drawing = false;
  for (let m = from; m <= to; m += 1) {
    const value = numbers[m];
    if (!Number.isFinite(value)) drawing = false;
    else if (drawing) context.lineTo(frame.x(m), frame.y(value));
    else {
      context.moveTo(frame.x(m), frame.y(value));
      drawing = true;
    }
  }
  context.stroke();
}

/**
 * Return the lines that get a label of their own: where two runs agree, one stands for both.
 * @param {Object[]} lines
 * @param {number} month
 * @param {string} unit
 * @returns {Object[]}
 */
export function agreeing(lines, month, unit) {
  const known = lines.filter((each) => Number.isFinite(each.numbers[month]));
  const text = (each) => formatValue(each.numbers[month], unit);
  const twin = (each) => known.find((other) => other.line === each.line && other.run !== each.run && text(other) === text(each));
  return known.filter((each) => each.run === 0 || !twin(each)).map((each) => (twin(each) ? { ...each, label: each.both } : each));
}

/**
 * Draw each line's label beside its end.
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {Object[]} lines
 * @param {number} month
 * @param {string} unit
 */
export function drawLabels(context, frame, lines, month, unit) {
  const font = frame.font;
  const labels = [];
  const x = Math.min(frame.x(month), frame.end) + 8;
  const room = frame.width - x - 2;
  for (const each of agreeing(lines, month, unit)) {
    const value = each.numbers[month];
    const number = formatValue(value, unit);
    context.font = `650 ${font}px system-ui, sans-serif`;
    const offset = context.measureText(`${number} `).width;
    context.font = `${font}px system-ui, sans-serif`;
    const text = fitted(context, each.label, room, offset);
    labels.push({ y: frame.y(value), height: (font + 2) * text.length, number, text, offset, colour: each.colour });
  }
  spread(labels, 2, frame.bottom + 6);
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  for (const label of labels) {
    const first = label.y - label.height / 2 + font - 1;
    context.font = `650 ${font}px system-ui, sans-serif`;
    halo(context, label.number, x, first, label.colour);
    context.font = `${font}px system-ui, sans-serif`;
    label.text.forEach((part, k) => halo(context, part, x + (k === 0 ? label.offset : 0), first + k * (font + 2), label.colour));
  }
}

/**
 * Break a label over at most two lines.
 * @param {CanvasRenderingContext2D} context with its font set
 * @param {string} text
 * @param {number} room pixels of a line
 * @param {number} offset pixels that the first line has less
 * @returns {string[]}
 */
export function fitted(context, text, room, offset) {
  if (context.measureText(text).width <= room - offset) return [text];
  const words = text.split(" ");
  let first = "";
  while (words.length && context.measureText(`${first} ${words[0]}`.trim()).width <= room - offset) {
    first = `${first} ${words.shift()}`.trim();
  }
  let second = words.join(" ");
  if (!second) return [first];
  while (second.length > 1 && context.measureText(second).width > room) second = `${second.slice(0, -2).trimEnd()}…`;
  return [first, second];
}

/**
 * Draw what somebody expects, before or beside what came.
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {number[][]} points month and value each
 * @param {string} label
 */
export function drawSketch(context, frame, points, label) {
  if (points.length < 2) return;
  context.strokeStyle = LINE_COLOURS[3];
  context.lineWidth = frame.thick + 0.5;
  context.setLineDash([2, 5]);
  context.lineCap = "round";
  context.beginPath();
  points.forEach(([month, value], k) => (k ? context.lineTo(frame.x(month), frame.y(value)) : context.moveTo(frame.x(month), frame.y(value))));
  context.lineTo(frame.x(frame.months), frame.y(points[points.length - 1][1]));
  context.stroke();
  context.setLineDash([]);
  context.lineCap = "butt";
  const [month, value] = points[points.length - 1];
  const x = Math.min(frame.x(month), frame.end - context.measureText(label).width);
  const y = frame.y(value);
  halo(context, label, Math.max(frame.left + 2, x), y > frame.top + frame.font + 8 ? y - 8 : y + frame.font + 6, LINE_COLOURS[3]);
}
