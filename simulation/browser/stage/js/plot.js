/** Drawing of one chart on a canvas: thin axes, the courses of lines, the playhead, a drawn line. */

import { INK } from "./encode.js";
import { LINE_COLOURS } from "./encode.js";
import { formatValue } from "./encode.js";
import { halo } from "./labels.js";
import { yearTicks } from "./lines.js";

const SOFT = "#6b665c";
const HAIR = "#e3ded3";

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
 * Draw the axes, events and marks of a chart, but for the words at the marks.
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
  context.strokeStyle = INK;
  context.setLineDash([3, 3]);
  for (const mark of chart.marks ?? []) {
    const y = Math.round(frame.y(mark.at)) + 0.5;
    line(context, frame.left, y, frame.end, y);
  }
  context.setLineDash([]);
  if (state.split < 0) return;
  const x = Math.round(frame.x(state.split)) + 0.5;
  context.strokeStyle = "#8a3b12";
  context.lineWidth = 1.5;
  line(context, x, frame.top, x, frame.bottom);
  context.lineWidth = 1;
}

function formatTick(tick, unit, scale) {
  if (unit === "%") return formatValue(tick, unit);
  const digits = scale.ticks.some((each) => Math.abs(each * 10 - Math.round(each * 10)) > 1e-6) ? 2
    : scale.ticks.some((each) => Math.abs(each - Math.round(each)) > 1e-6) ? 1 : 0;
  return tick.toFixed(digits).replace("-", "−");
}

function line(context, x0, y0, x1, y1) {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

/**
 * Draw the playhead and a point on each line there.
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {Object[]} lines
 * @param {number} month
 */
export function drawPlayhead(context, frame, lines, month) {
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

/** The courses of a chart's lines as a picture that grows with the months. */
export class Courses {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.name = "";
  }

  /**
   * Draw the lines up to a month, or only what is new since the last call.
   * @param {string} name another one where nothing drawn before holds
   * @param {Frame} frame
   * @param {Object[]} lines
   * @param {number} upto month
   * @param {number} ratio pixels of the screen a pixel of the page
   */
  grow(name, frame, lines, upto, ratio) {
    if (name !== this.name || upto < this.upto) {
      this.name = name;
      this.canvas.width = Math.round(frame.width * ratio);
      this.canvas.height = Math.round(frame.height * ratio);
      this.context = this.canvas.getContext("2d");
      this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
      this.context.lineJoin = "round";
      this.upto = -1;
      this.dashes = lines.map(() => 0);
    }
    if (upto <= this.upto) return;
    this.context.lineWidth = frame.thick;
    lines.forEach((each, k) => { this.dashes[k] = this.#course(frame, each, this.upto, upto, this.dashes[k]); });
    this.upto = upto;
  }

  /** Draw one line on from a month; `done` and the result are the length of its last unbroken part. */
  #course(frame, each, from, to, done) {
    const { context } = this;
    context.strokeStyle = each.colour;
    context.setLineDash(each.dash);
    context.lineCap = each.dash.length ? "butt" : "round";
    context.lineDashOffset = done;
    context.beginPath();
    let length = done;
    let last = null;
    for (let m = Math.max(0, from); m <= to; m += 1) {
      const value = each.numbers[m];
      if (!Number.isFinite(value)) {
        last = null;
        continue;
      }
      const point = [frame.x(m), frame.y(value)];
      if (last) {
        context.lineTo(...point);
        length += Math.hypot(point[0] - last[0], point[1] - last[1]);
      } else {
        if (m !== from) {
          context.stroke();
          context.beginPath();
          context.lineDashOffset = 0;
          length = 0;
        }
        context.moveTo(...point);
      }
      last = point;
    }
    context.stroke();
    return length;
  }

  /**
   * Copy the picture: what lies after the playhead is faint.
   * @param {CanvasRenderingContext2D} context
   * @param {Frame} frame
   * @param {number} month the playhead
   * @param {number} ratio pixels of the screen a pixel of the page
   */
  copy(context, frame, month, ratio) {
    const { canvas } = this;
    const edge = Math.min(canvas.width, Math.ceil(frame.x(month) * ratio) + 1);
    context.drawImage(canvas, 0, 0, edge, canvas.height, 0, 0, edge / ratio, frame.height);
    if (this.upto <= month) return;
    const rest = Math.min(canvas.width - edge, Math.ceil((frame.x(this.upto) - frame.x(month)) * ratio) + 4);
    if (rest <= 0) return;
    context.globalAlpha = 0.28;
    context.drawImage(canvas, edge, 0, rest, canvas.height, edge / ratio, 0, rest / ratio, frame.height);
    context.globalAlpha = 1;
  }
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
  context.font = `${frame.font}px system-ui, sans-serif`;
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
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  const [month, value] = points[points.length - 1];
  const x = Math.min(frame.x(month), frame.end - context.measureText(label).width);
  const y = frame.y(value);
  halo(context, label, Math.max(frame.left + 2, x), y > frame.top + frame.font + 8 ? y - 8 : y + frame.font + 6, LINE_COLOURS[3]);
}
