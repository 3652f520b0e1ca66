/** The ties of the map, summed up pixel by pixel: all are of one colour, so only those that changed are drawn anew. */

import { stepOf } from "./encode.js";
import { tieStyle } from "./encode.js";

const FINE = 2048;
const WHOLE = 64;
const DENSEST = Math.round(6.2 * FINE);
const SERVICES = 6;
const NONE = 12;

/**
 * Add a line to sums of ink, in `WHOLE` parts of a pixel. All is counted in whole numbers, so that
 * the same line with the opposite ink takes it away again, exactly.
 * @param {Int32Array} sums one a pixel, row by row
 * @param {number} width of the picture
 * @param {number} height of the picture
 * @param {number} x0 one end, pixels
 * @param {number} y0
 * @param {number} x1 the other end
 * @param {number} y1
 * @param {number} thick whole pixels
 * @param {number} ink of a pixel that is covered wholly; below zero to take away
 */
export function addLine(sums, width, height, x0, y0, x1, y1, thick, ink) {
  if (Math.abs(x1 - x0) >= Math.abs(y1 - y0)) {
    if (x0 <= x1) addRun(sums, width, height, 1, width, x0, y0, x1, y1, thick, ink);
    else addRun(sums, width, height, 1, width, x1, y1, x0, y0, thick, ink);
  } else if (y0 <= y1) addRun(sums, height, width, width, 1, y0, x0, y1, x1, thick, ink);
  else addRun(sums, height, width, width, 1, y1, x1, y0, x0, thick, ink);
}

/** A line that goes on by one pixel along (`a`), and by less across (`b`, in parts of 65,536). */
function addRun(sums, sizeA, sizeB, strideA, strideB, a0, b0, a1, b1, thick, ink) {
  const slope = a1 > a0 ? (b1 - b0) / (a1 - a0) : 0;
  const from = Math.max(0, Math.ceil(a0 - 0.5));
  const to = Math.min(sizeA - 1, Math.floor(a1 - 0.5));
  const by = Math.round(65536 * slope);
  let low = Math.round(65536 * (b0 + slope * (from + 0.5 - a0) - thick / 2));
  const last = sizeB - 1 - thick;
  for (let a = from; a <= to; a += 1, low += by) {
    const b = low >> 16;
    if (b < 0 || b > last) continue;
    const after = (low >> 10) & 63;
    let at = a * strideA + b * strideB;
    sums[at] += (WHOLE - after) * ink;
    for (let k = 1; k < thick; k += 1) {
      at += strideB;
      sums[at] += WHOLE * ink;
    }
    sums[at + strideB] += after * ink;
  }
}

/** The ties of one map as a picture. */
export class TieField {
  /**
   * @param {number} width pixels of the screen
   * @param {number} height pixels of the screen
   * @param {number} ratio pixels of the screen a pixel of the page
   * @param {boolean} strong whether contrast is raised
   */
  constructor(width, height, ratio, strong) {
    Object.assign(this, { width, height, ratio, strong });
    this.sums = new Int32Array(width * height);
    this.image = new ImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.colour = strong ? 0x222222 : 0x3d464a;
    this.drawn = [];
    this.crowd = 0;
    this.places = null;
  }

  /** How wide and how dark each sort of tie is, in pixels of the screen and in ink; what is thinner than a pixel is fainter. */
  #sorts() {
    return Array.from({ length: NONE + 1 }, (_, sort) => {
      if (sort === NONE) return { thick: 1, ink: 0 };
      const service = sort >= SERVICES;
      const style = tieStyle(sort % SERVICES, this.strong);
      const width = (service ? style.width * 0.6 : style.width) * this.ratio;
      const opacity = style.opacity * this.crowd * (service ? 0.3 : 1);
      return { thick: Math.max(1, Math.round(width)), ink: Math.round(-Math.log(1 - opacity * Math.min(1, width)) * FINE) };
    });
  }

  /**
   * Return the picture of a month.
   * @param {Store} store
   * @param {Object} frame the month
   * @param {{x: Float32Array, y: Float32Array}} places pixels of the page
   * @param {number} strength 1, or less for fainter ties
   * @returns {ImageData}
   */
  show(store, frame, places, strength) {
    // In a crowd each tie is fainter; in steps, so that a few new ties do not change all of them.
    const crowd = Math.min(1, Math.max(0.35, Math.round((20 * 900) / Math.max(1, frame.ties)) / 20));
    if (crowd !== this.crowd || places !== this.places) {
      this.crowd = crowd;
      this.places = places;
      this.sorts = this.#sorts();
      this.sums.fill(0);
      this.drawn = [];
    }
    for (let k = 0; k < Math.max(frame.ties, this.drawn.length); k += 1) {
      const before = this.drawn[k] ?? NONE;
      const trust = frame.trust[k];
      const now = trust > 0 ? stepOf(trust) + (store.kind[k] === 1 ? SERVICES : 0) : NONE;
      if (before === now) continue;
      this.#change(store, k, this.sorts[before], this.sorts[now]);
      this.drawn[k] = now;
    }
    this.#colour(strength);
    return this.image;
  }

  #change(store, k, before, now) {
    if (before.thick === now.thick) this.#add(store, k, now.thick, now.ink - before.ink);
    else {
      this.#add(store, k, before.thick, -before.ink);
      this.#add(store, k, now.thick, now.ink);
    }
  }

  #add(store, k, thick, ink) {
    if (ink === 0) return;
    const { places, ratio, width, height } = this;
    const [one, two] = [store.source[k], store.target[k]];
    addLine(this.sums, width, height, places.x[one] * ratio, places.y[one] * ratio, places.x[two] * ratio, places.y[two] * ratio, thick, ink);
  }

  /** Ink upon ink covers as layers of the same colour do. */
  #colour(strength) {
    if (this.strength !== strength) {
      this.strength = strength;
      this.shades = Uint32Array.from({ length: DENSEST + 1 }, (_, ink) =>
        (ink === 0 ? 0 : (Math.round(255 * (1 - Math.exp((-strength * ink) / FINE))) << 24) | this.colour) >>> 0);
    }
    const { sums, pixels, shades } = this;
    const most = shades.length - 1;
    for (let k = 0; k < sums.length; k += 1) {
      const ink = sums[k] >> 6;
      pixels[k] = shades[ink < most ? ink : most];
    }
  }
}
