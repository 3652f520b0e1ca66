/** Drawing of one person or institution: shape, fill, outlines, dot and arcs. */

import { CONNECTOR } from "./encode.js";
import { HALF_STEWARD } from "./encode.js";
import { INK } from "./encode.js";
import { INSTITUTION } from "./encode.js";
import { LEADER } from "./encode.js";
import { PRESENT } from "./encode.js";
import { STEWARD } from "./encode.js";
import { VIRIDIS } from "./encode.js";
import { arcsOf } from "./encode.js";

const PLAIN = "#e4ded2";
const DRAWN_FLAGS = PRESENT | HALF_STEWARD | STEWARD | LEADER;

/**
 * Lay the path of a role's shape.
 * @param {CanvasRenderingContext2D} context
 * @param {number} role
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 */
export function shapePath(context, role, x, y, radius) {
  context.beginPath();
  if (role === INSTITUTION) {
    const half = radius * 0.92;
    context.rect(x - half, y - half, 2 * half, 2 * half);
  } else if (role === CONNECTOR) {
    const tall = radius * 1.22;
    context.moveTo(x, y - tall);
    context.lineTo(x + tall * 0.95, y + tall * 0.72);
    context.lineTo(x - tall * 0.95, y + tall * 0.72);
    context.closePath();
  } else {
    context.arc(x, y, radius, 0, 2 * Math.PI);
  }
}

/**
 * Draw one mark.
 * @param {CanvasRenderingContext2D} context
 * @param {{role: number, group: number, flags: number, step: number, radius: number}} mark
 * @param {number} x
 * @param {number} y
 * @param {boolean} strong whether contrast is raised
 */
export function drawMark(context, mark, x, y, strong) {
  const { role, flags, step, radius } = mark;
  context.lineWidth = strong ? 1.6 : 1.1;
  context.setLineDash([]);
  if (!(flags & PRESENT)) {
    context.strokeStyle = "#8a8578";
    context.setLineDash([2, 2]);
    shapePath(context, role, x, y, radius * 0.8);
    context.stroke();
    context.setLineDash([]);
    return;
  }
  if (flags & LEADER) {
    shapePath(context, role, x, y, radius + 3);
    context.fillStyle = "#ffffff";
    context.fill();
    context.strokeStyle = INK;
    context.lineWidth = strong ? 2 : 1.5;
    context.stroke();
    context.lineWidth = strong ? 1.6 : 1.1;
  }
  shapePath(context, role, x, y, radius);
  context.fillStyle = step < 0 ? PLAIN : VIRIDIS[step];
  context.fill();
  context.strokeStyle = INK;
  context.stroke();
  if (flags & (STEWARD | HALF_STEWARD)) {
    context.beginPath();
    context.arc(x, y, radius * (flags & STEWARD ? 0.46 : 0.24), 0, 2 * Math.PI);
    context.fillStyle = step >= 0 && step <= 2 ? "#ffffff" : INK;
    context.fill();
  }
  drawArcs(context, mark, x, y, strong);
}

function drawArcs(context, mark, x, y, strong) {
  const reach = mark.radius + (mark.flags & LEADER ? 5.5 : 2.8);
  context.strokeStyle = INK;
  context.lineWidth = strong ? 2.2 : 1.6;
  for (const [from, to] of arcsOf(mark.group)) {
    context.beginPath();
    context.arc(x, y, reach, from * 2 * Math.PI, to * 2 * Math.PI);
    context.stroke();
  }
}

/** Marks drawn once and copied: thousands of them are then quick to draw. */
export class MarkSheet {
  /**
   * @param {number} ratio pixels of the screen a pixel of the page
   * @param {boolean} strong whether contrast is raised
   */
  constructor(ratio, strong) {
    this.ratio = ratio;
    this.strong = strong;
    this.kept = new Map();
  }

  /**
   * Draw a mark by copying it.
   * @param {CanvasRenderingContext2D} context
   * @param {Object} mark as for `drawMark`
   * @param {number} x
   * @param {number} y
   */
  draw(context, mark, x, y) {
    const arcs = arcsOf(mark.group).length ? mark.group : -1;
    const name = `${mark.role}|${arcs}|${mark.flags & DRAWN_FLAGS}|${mark.step}|${mark.radius}`;
    let sheet = this.kept.get(name);
    if (!sheet) {
      const half = Math.ceil(mark.radius * 1.2 + (mark.flags & LEADER ? 8 : 4));
      const picture = drawnOnce(2 * half, 2 * half, this.ratio, (own) => drawMark(own, mark, half, half, this.strong));
      sheet = { half, picture };
      this.kept.set(name, sheet);
    }
    const size = 2 * sheet.half;
    const left = Math.round((x - sheet.half) * this.ratio) / this.ratio;
    const top = Math.round((y - sheet.half) * this.ratio) / this.ratio;
    context.drawImage(sheet.picture, left, top, size, size);
  }
}

/**
 * Draw something once, to be copied often.
 * @param {number} width pixels of the page
 * @param {number} height pixels of the page
 * @param {number} ratio pixels of the screen a pixel of the page
 * @param {function(CanvasRenderingContext2D): void} draw
 * @returns {CanvasImageSource}
 */
export function drawnOnce(width, height, ratio, draw) {
  const canvas = new OffscreenCanvas(Math.ceil(width * ratio), Math.ceil(height * ratio));
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  draw(context);
  return canvas.transferToImageBitmap();
}
