/** The words in a chart: labels at the ends of lines, and at marks, none upon another. */

import { INK } from "./encode.js";
import { agreeing } from "./lines.js";
import { formatValue } from "./encode.js";

/** How much of a chart's width the labels after the last month may take; in a narrow one more, for the sake of a long word. */
const WIDEST = 0.26;
const WIDEST_WORD = 0.38;
const GAP = 7;
const MOST_LINES = 3;

/**
 * Write words with a light edge, so that they can be read upon lines.
 * @param {CanvasRenderingContext2D} context with its font set
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {string} colour
 */
export function halo(context, text, x, y, colour) {
  context.lineJoin = "round";
  context.lineWidth = 4;
  context.strokeStyle = "rgba(255,255,255,0.94)";
  context.strokeText(text, x, y);
  context.fillStyle = colour;
  context.fillText(text, x, y);
  context.lineWidth = 1;
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

/**
 * Return how wide a label has to be, over two lines at most.
 * @param {function(string, boolean): number} wide measures a text, bold or not
 * @param {string} number
 * @param {string} text
 * @returns {number} pixels
 */
export function labelWidth(wide, number, text) {
  const words = text.split(" ").filter(Boolean);
  const first = wide(`${number} `, true);
  const ways = words.map((_, k) => Math.max(first + wide(words.slice(0, k).join(" "), false), wide(words.slice(k).join(" "), false)));
  return Math.min(first + wide(words.join(" "), false), ...ways);
}

/**
 * Return how much room the labels need after the last month.
 * @param {CanvasRenderingContext2D} context
 * @param {{lines: Object[], chart: Object}[]} charts their lines as from `linesOf`
 * @param {number} font pixels
 * @param {number} width of a chart
 * @returns {number} pixels
 */
export function labelRoom(context, charts, font, width) {
  const wide = (text, bold) => {
    context.font = `${bold ? "650 " : ""}${font}px system-ui, sans-serif`;
    return context.measureText(text).width;
  };
  const needs = charts.flatMap(({ lines, chart }) => {
    const number = chart.unit === "%" ? formatValue(1, "%") : formatValue(Number.isFinite(chart.low) ? 0 : -1, "");
    return lines.map((line) => labelWidth(wide, number, line.label));
  });
  const words = charts.flatMap(({ lines }) => lines.flatMap((line) => line.label.split(" ").map((word) => wide(word, false))));
  const most = Math.max(WIDEST * width, Math.min(WIDEST_WORD * width, Math.max(0, ...words) + GAP + 1));
  return Math.min(most, Math.max(24, ...needs) + GAP + 3);
}

/**
 * Lay each line's label beside its end.
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {Object[]} lines
 * @param {number} month
 * @param {string} unit
 * @returns {Object[]} labels with their place: x, y, width, height
 */
export function layLabels(context, frame, lines, month, unit) {
  const font = frame.font;
  const labels = [];
  const x = Math.min(frame.x(month), frame.end) + GAP;
  const room = frame.width - x;
  for (const each of agreeing(lines, month, unit)) {
    const value = each.numbers[month];
    const number = formatValue(value, unit);
    context.font = `650 ${font}px system-ui, sans-serif`;
    const offset = context.measureText(`${number} `).width;
    context.font = `${font}px system-ui, sans-serif`;
    const text = fitted(context, each.label, room, offset);
    const width = Math.max(...text.map((part, k) => (k === 0 ? offset : 0) + context.measureText(part).width));
    labels.push({ x, y: frame.y(value), width, height: (font + 2) * text.length, number, text, offset, colour: each.colour });
  }
  spread(labels, 2, frame.bottom + 6);
  return labels;
}

/**
 * Write the labels.
 * @param {CanvasRenderingContext2D} context
 * @param {Object[]} labels as from `layLabels`
 * @param {number} font pixels
 */
export function drawLabels(context, labels, font) {
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  for (const label of labels) {
    const first = label.y - label.height / 2 + font - 1;
    context.font = `650 ${font}px system-ui, sans-serif`;
    halo(context, label.number, label.x, first, label.colour);
    context.font = `${font}px system-ui, sans-serif`;
    label.text.forEach((part, k) => halo(context, part, label.x + (k === 0 ? label.offset : 0), first + k * (font + 2), label.colour));
  }
}

/**
 * Return where the words at a mark stand: above or below its line, where nothing else is.
 * @param {Frame} frame
 * @param {{width: number, at: number, before: string}} mark width of its words, its value, where they stood before
 * @param {Object[]} lines
 * @param {{x: number, y: number, width: number, height: number}[]} labels that are there already; `y` is their middle
 * @param {number} month the playhead
 * @param {number} seen last month that is drawn
 * @returns {{name: string, x: number, y: number}} left end and middle of the words
 */
export function markPlace(frame, mark, lines, labels, month, seen) {
  const tall = frame.font + 2;
  const middle = frame.y(mark.at);
  const lefts = { right: frame.end - mark.width - 2, left: frame.left + 5, middle: (frame.left + frame.end - mark.width) / 2 };
  const heights = { above: middle - tall / 2 - 3, below: middle + tall / 2 + 3 };
  const places = Object.entries(lefts).flatMap(([side, x]) => Object.entries(heights).map(([end, y]) => ({ name: `${side} ${end}`, x, y })));
  const cost = ({ x, y }) => {
    const upon = (low, high, top, bottom) => low < x + mark.width + 3 && high > x - 3 && top < y + tall / 2 && bottom > y - tall / 2;
    let found = upon(-Infinity, Infinity, -Infinity, frame.top - 8) || upon(-Infinity, Infinity, frame.bottom, Infinity) ? 500 : 0;
    for (const label of labels) if (upon(label.x - 6, label.x + label.width, label.y - label.height / 2, label.y + label.height / 2)) found += 200;
    const head = frame.x(month);
    if (upon(head, head, -Infinity, Infinity)) found += 3;
    const first = Math.max(0, frame.month(x) - 1);
    for (const { numbers } of lines) {
      for (let m = first; m <= seen && frame.x(m) < x + mark.width + 3; m += 1) {
        const level = frame.y(numbers[m]);
        if (upon(-Infinity, Infinity, level, level)) found += 1;
      }
    }
    return found;
  };
  const tried = places.map((place) => ({ ...place, cost: cost(place) }));
  const kept = tried.find(({ name }) => name === mark.before);
  if (kept?.cost === 0) return kept;
  return tried.reduce((best, place) => (place.cost < best.cost ? place : best));
}

/**
 * Write the words at a mark.
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {string} text
 * @param {{x: number, y: number}} place as from `markPlace`
 */
export function drawMarkLabel(context, frame, text, place) {
  context.font = `${frame.font}px system-ui, sans-serif`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  halo(context, text, place.x, place.y, INK);
}

/**
 * Break a label over at most three lines, at its words.
 * @param {CanvasRenderingContext2D} context with its font set
 * @param {string} text
 * @param {number} room pixels of a line
 * @param {number} offset pixels that the first line has less
 * @returns {string[]} what does not fit ends in dots
 */
export function fitted(context, text, room, offset) {
  const wide = (words) => context.measureText(words).width;
  const words = text.split(" ");
  const lines = [""];
  while (words.length) {
    const last = lines.length - 1;
    const longer = `${lines[last]} ${words[0]}`.trim();
    if (wide(longer) <= room - (last === 0 ? offset : 0)) lines[last] = longer;
    else if (lines.length < MOST_LINES && (lines[last] || last === 0)) {
      lines.push("");
      continue;
    } else {
      let whole = [lines[last], ...words].join(" ").trim();
      while (whole.length > 1 && wide(whole) > room) whole = `${whole.slice(0, -2).trimEnd()}…`;
      lines[last] = whole;
      break;
    }
    words.shift();
  }
  return lines;
}
