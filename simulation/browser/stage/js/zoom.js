/** A closer look at the map: which part of it is shown, and how a visitor moves it. */

import { make } from "./dom.js";
import { phrase } from "./dom.js";
import { setAttribute } from "./dom.js";

const CLOSEST = 8;
const STEP = 1.5;
const STILL = 5;

/** Which part of a map is shown; a pair of maps shares one. Places are parts of the map, 0 to 1. */
export class View {
  constructor() {
    this.scale = 1;
    this.x = 0.5;
    this.y = 0.5;
  }

  /** Whether the whole map is shown. */
  get whole() {
    return this.scale === 1;
  }

  /** A name that differs for each view. */
  get name() {
    return `${this.scale}|${this.x}|${this.y}`;
  }

  /**
   * Look closer, or from farther away; what lies at a point of the picture stays there.
   * @param {number} factor
   * @param {number} [x] part of the picture
   * @param {number} [y] part of the picture
   */
  zoom(factor, x = 0.5, y = 0.5) {
    const before = this.scale;
    this.scale = Math.min(CLOSEST, Math.max(1, before * factor));
    if (this.scale < 1.02) this.scale = 1;
    this.#look(this.x + (x - 0.5) * (1 / before - 1 / this.scale), this.y + (y - 0.5) * (1 / before - 1 / this.scale));
  }

  /**
   * Move the map along with a hand.
   * @param {number} dx part of the picture
   * @param {number} dy part of the picture
   */
  pan(dx, dy) {
    this.#look(this.x - dx / this.scale, this.y - dy / this.scale);
  }

  /**
   * Bring a point of the map into the picture where it is outside, or close to the edge.
   * @param {number} x part of the map
   * @param {number} y part of the map
   */
  reach(x, y) {
    const room = 0.42 / this.scale;
    this.#look(Math.min(x + room, Math.max(x - room, this.x)), Math.min(y + room, Math.max(y - room, this.y)));
  }

  /** Show the whole map. */
  reset() {
    this.scale = 1;
    this.#look(0.5, 0.5);
  }

  #look(x, y) {
    const edge = 0.5 / this.scale;
    this.x = Math.min(1 - edge, Math.max(edge, x));
    this.y = Math.min(1 - edge, Math.max(edge, y));
  }

  /**
   * Return where nodes are in the picture. Marks grow a little; what is far outside keeps its place there.
   * @param {{x: Float32Array, y: Float32Array, radius: Float32Array}} home places in the whole map
   * @param {number} width of the picture
   * @param {number} height of the picture
   * @returns {{x: Float32Array, y: Float32Array, radius: Float32Array}} `home` itself for the whole map
   */
  placed(home, width, height) {
    if (this.whole) return home;
    const { scale } = this;
    const grown = Math.min(2, Math.sqrt(scale));
    return {
      x: home.x.map((x) => (x / width - this.x) * scale * width + width / 2),
      y: home.y.map((y) => (y / height - this.y) * scale * height + height / 2),
      radius: home.radius.map((radius) => Math.round(2 * radius * grown) / 2),
    };
  }
}

/**
 * Let the wheel (with Ctrl or ⌘), a drag and two fingers move a view.
 * @param {HTMLElement} frame
 * @param {View} view
 * @param {Function} moved called after the view moved
 * @returns {{dragged: boolean}} whether the last press moved the map, and so was no click
 */
export function handle(frame, view, moved) {
  const hand = { dragged: false };
  const fingers = new Map();
  const part = (event) => {
    const box = frame.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  const spread = () => {
    const [one, two] = [...fingers.values()];
    return { wide: Math.hypot(one[0] - two[0], one[1] - two[1]), x: (one[0] + two[0]) / 2, y: (one[1] + two[1]) / 2 };
  };
  frame.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    view.zoom(Math.exp(-Math.sign(event.deltaY) * Math.min(0.25, Math.abs(event.deltaY) / 300)), ...part(event));
    moved();
  }, { passive: false });
  frame.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    fingers.set(event.pointerId, part(event));
    if (fingers.size === 1) hand.dragged = false;
  });
  frame.addEventListener("pointermove", (event) => {
    const from = fingers.get(event.pointerId);
    if (!from || (view.whole && fingers.size < 2)) return;
    const to = part(event);
    const far = Math.hypot((to[0] - from[0]) * frame.clientWidth, (to[1] - from[1]) * frame.clientHeight);
    if (!hand.dragged && far < STILL) return;
    if (!hand.dragged) frame.setPointerCapture(event.pointerId);
    hand.dragged = true;
    const before = fingers.size === 2 ? spread() : null;
    fingers.set(event.pointerId, to);
    if (before) {
      const now = spread();
      view.pan(now.x - before.x, now.y - before.y);
      view.zoom(now.wide / Math.max(0.01, before.wide), now.x, now.y);
    } else view.pan(to[0] - from[0], to[1] - from[1]);
    moved();
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) frame.addEventListener(name, (event) => fingers.delete(event.pointerId));
  return hand;
}

/**
 * Let a key move a view.
 * @param {View} view
 * @param {string} key
 * @returns {boolean} whether it is one that does
 */
export function zoomKey(view, key) {
  if (key === "+" || key === "=") view.zoom(STEP);
  else if (key === "-" || key === "_") view.zoom(1 / STEP);
  else if (key === "0") view.reset();
  else return false;
  return true;
}

/** The buttons over a map. */
export class ZoomButtons {
  /**
   * @param {View} view
   * @param {Object} words
   * @param {Function} moved called after the view moved
   */
  constructor(view, words, moved) {
    this.view = view;
    const button = (name, text, act) => make("button", {
      type: "button", class: "k-stage-button k-zoom-button", "aria-label": phrase(words, `zoom.${name}`), title: phrase(words, `zoom.${name}`), text,
      on: { click: (event) => { if (event.currentTarget.getAttribute("aria-disabled") !== "true") { act(); moved(); } } },
    });
    this.closer = button("closer", "+", () => view.zoom(STEP));
    this.farther = button("farther", "−", () => view.zoom(1 / STEP));
    this.all = button("whole", phrase(words, "zoom.whole"), () => view.reset());
    this.element = make("div", { class: "k-zoom", role: "group", "aria-label": phrase(words, "zoom.name") }, this.closer, this.farther, this.all);
    this.show();
  }

  /** Switch off what would change nothing; nobody loses the focus. */
  show() {
    const { view } = this;
    setAttribute(this.closer, "aria-disabled", view.scale >= CLOSEST ? "true" : null);
    setAttribute(this.farther, "aria-disabled", view.whole ? "true" : null);
    if (view.whole && document.activeElement === this.all) this.closer.focus();
    this.all.hidden = view.whole;
  }
}
