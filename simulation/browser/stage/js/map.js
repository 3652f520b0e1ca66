/** The map: who is there, how they are, and whom they trust. */

import { CONNECTOR } from "./encode.js";
import { INSTITUTION } from "./encode.js";
import { MarkSheet } from "./marks.js";
import { NO_STEP } from "./encode.js";
import { PRESENT } from "./encode.js";
import { TieField } from "./ties.js";
import { View } from "./zoom.js";
import { ZoomButtons } from "./zoom.js";
import { flagsOf } from "./facts.js";
import { groupOf } from "./encode.js";
import { handle } from "./zoom.js";
import { layOut } from "./places.js";
import { make } from "./dom.js";
import { nameSigns } from "./names.js";
import { nameOf } from "./facts.js";
import { neighbourTowards } from "./places.js";
import { nodeAt } from "./places.js";
import { phrase } from "./dom.js";
import { sentenceOf } from "./facts.js";
import { setText } from "./dom.js";
import { stepOf } from "./encode.js";
import { throttled } from "./dom.js";
import { tieStyle } from "./encode.js";
import { zoomKey } from "./zoom.js";

const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

/** The map of one run. */
export class TownMap {
  /**
   * @param {Store} store
   * @param {Object} words
   * @param {{pick: Function, changed: Function}} hooks `pick(node, byKeyboard)` opens a person; `changed()` asks to paint
   * @param {View} [view] which part is shown, where maps share it
   */
  constructor(store, words, hooks, view = new View()) {
    this.store = store;
    this.words = words;
    this.hooks = hooks;
    this.view = view;
    this.channel = 0;
    this.month = 0;
    this.hovered = -1;
    this.focused = -1;
    this.picked = -1;
    this.canvas = make("canvas", { class: "k-map-canvas", "aria-hidden": "true" });
    this.context = this.canvas.getContext("2d");
    this.tip = make("div", { class: "k-map-tip", "aria-hidden": "true", hidden: true });
    this.live = make("div", { class: "k-hidden", "aria-live": "polite" });
    this.frame = make("div", {
      class: "k-map-frame", role: "application", tabindex: "0",
      "aria-roledescription": phrase(words, "map.kind"), "aria-label": phrase(words, "map.name"),
    }, this.canvas, this.tip);
    this.help = make("p", { class: "k-hidden", text: phrase(words, "map.keys") });
    this.help.id = `k-map-help-${Math.random().toString(36).slice(2, 8)}`;
    this.frame.setAttribute("aria-describedby", this.help.id);
    this.zoom = new ZoomButtons(view, words, () => hooks.changed());
    this.element = make("div", { class: "k-map" }, this.help, this.frame, this.zoom.element, this.live);
    this.say = throttled((text) => setText(this.live, text), 250);
    this.#listen();
  }

  #listen() {
    const at = (event) => {
      const box = this.canvas.getBoundingClientRect();
      const reach = event.pointerType === "touch" ? 16 : 7;
      return this.places ? nodeAt(this.places, event.clientX - box.left, event.clientY - box.top, reach) : -1;
    };
    const hand = handle(this.frame, this.view, () => this.hooks.changed());
    this.frame.addEventListener("pointermove", (event) => this.#hover(hand.dragged && event.buttons ? -1 : at(event)));
    this.frame.addEventListener("pointerleave", () => this.#hover(-1));
    this.frame.addEventListener("click", (event) => {
      if (hand.dragged) return;
      const node = at(event);
      if (node >= 0) this.focused = node;
      this.hooks.pick(node, false);
    });
    this.frame.addEventListener("keydown", (event) => this.#key(event));
    this.frame.addEventListener("focus", () => {
      if (this.focused < 0) this.focused = this.store.setup.nodes.role.indexOf(INSTITUTION) >= 0 ? 0 : Math.min(0, this.store.count - 1);
      this.#speak();
    });
    this.frame.addEventListener("blur", () => this.hooks.changed());
  }

  #hover(node) {
    if (node === this.hovered) return;
    this.hovered = node;
    this.hooks.changed();
  }

  #key(event) {
    if (event.key === "Escape") {
      this.#hover(-1);
      if (this.picked >= 0) this.hooks.pick(-1, true);
      return;
    }
    if (event.key === "Enter" || event.key === " ") {
      if (this.focused >= 0) this.hooks.pick(this.focused, true);
    } else if (event.key in ARROWS && this.places) {
      this.focused = neighbourTowards(this.places, Math.max(0, this.focused), ...ARROWS[event.key]);
      this.view.reach(this.home.x[this.focused] / this.width, this.home.y[this.focused] / this.height);
      this.#speak();
    } else if (!event.ctrlKey && !event.metaKey && !event.altKey && zoomKey(this.view, event.key)) this.hooks.changed();
    else return;
    event.preventDefault();
  }

  #speak() {
    if (this.focused >= 0) this.say(sentenceOf(this.store, this.focused, this.month, this.channel, this.words));
    this.hooks.changed();
  }

  /**
   * Fit the canvas to its place on the page.
   * @param {boolean} strong whether contrast is raised, as for a projector
   */
  resize(strong) {
    const width = Math.floor(this.frame.clientWidth);
    const height = Math.floor(this.frame.clientHeight);
    if (width < 20 || height < 20) return;
    const ratio = Math.max(1, window.devicePixelRatio || 1);
    if (this.home && [width, height, ratio, strong].join() === [this.width, this.height, this.ratio, this.strong].join()) return;
    Object.assign(this, { width, height, ratio, strong });
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.home = layOut(this.store.setup, width, height, strong ? 1.25 : 1);
    this.places = null;
    this.sheet = new MarkSheet(ratio, strong);
    this.field = new TieField(this.canvas.width, this.canvas.height, ratio, strong);
    this.order = this.store.setup.nodes.role.map((role, k) => k).sort((one, two) => this.#layer(one) - this.#layer(two) || one - two);
  }

  /** Forget where everything is: the run is another one. */
  forget() {
    this.home = null;
  }

  #layer(node) {
    const role = this.store.setup.nodes.role[node];
    return role === INSTITUTION ? 2 : role === CONNECTOR ? 1 : 0;
  }

  #place() {
    if (!this.home || this.home.x.length !== this.store.count) {
      this.home = null;
      this.resize(this.strong ?? false);
    }
    if (!this.home || (this.places && this.viewed === this.view.name)) return;
    this.viewed = this.view.name;
    this.places = this.view.placed(this.home, this.width, this.height);
    this.signs = nameSigns(this.store.setup.nodes, this.places, this);
    this.frame.classList.toggle("k-map-close", !this.view.whole);
    this.zoom.show();
  }

  /**
   * Draw a month.
   * @param {number} month
   * @param {number} channel which channel fills the shapes
   */
  draw(month, channel) {
    this.month = month;
    this.channel = channel;
    const frame = this.store.frame(month);
    this.#place();
    if (!this.places || !frame) return;
    const { context } = this;
    const chosen = document.activeElement === this.frame ? this.focused : -1;
    const bright = this.picked >= 0 ? this.picked : this.hovered >= 0 ? this.hovered : chosen;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.putImageData(this.field.show(this.store, frame, this.places, bright >= 0 ? 0.45 : 1), 0, 0);
    if (bright >= 0) this.#drawOwnTies(context, frame, bright);
    this.#drawNodes(context, frame, channel);
    for (const sign of this.signs) context.drawImage(sign.picture, sign.left, sign.top, sign.width, sign.height);
    for (const node of new Set([this.picked, chosen])) if (node >= 0) this.#drawFocus(context, node, node === chosen);
    this.#showTip(month, channel);
  }

  #drawOwnTies(context, frame, node) {
    const { x, y } = this.places;
    context.strokeStyle = "#8a3b12";
    for (const tie of this.store.tiesOf(node, this.month)) {
      const style = tieStyle(stepOf(tie.trust), true);
      context.lineWidth = style.width + 0.4;
      context.globalAlpha = Math.min(1, style.opacity + 0.35);
      context.beginPath();
      context.moveTo(x[node], y[node]);
      context.lineTo(x[tie.node], y[tie.node]);
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  #drawNodes(context, frame, channel) {
    const { x, y, radius } = this.places;
    const { setup } = this.store;
    const { role } = setup.nodes;
    const fill = frame.channels[channel];
    const told = [0, 1, 2].map((each) => !setup.channels[channel]?.roles || setup.channels[channel].roles.includes(each));
    for (const k of this.order) {
      const flags = k < frame.nodes ? frame.flags[k] : 0;
      const step = fill && told[role[k]] && k < frame.nodes ? stepOf(fill[k]) : NO_STEP;
      this.sheet.draw(context, { role: role[k], group: groupOf(setup, k, flags), flags, step, radius: radius[k] }, x[k], y[k]);
    }
  }

  #drawFocus(context, node, dashed) {
    const { x, y, radius } = this.places;
    context.beginPath();
    context.arc(x[node], y[node], radius[node] + 9, 0, 2 * Math.PI);
    context.strokeStyle = "#ffffff";
    context.lineWidth = 5;
    context.stroke();
    context.strokeStyle = dashed ? "#0b57d0" : "#8a3b12";
    context.lineWidth = 3;
    context.stroke();
  }

  #showTip(month, channel) {
    const node = this.hovered;
    if (node < 0 || node >= this.store.count) {
      this.tip.hidden = true;
      return;
    }
    this.tip.hidden = false;
    setText(this.tip, sentenceOf(this.store, node, month, channel, this.words));
    const wide = Math.min(260, this.width - 8);
    this.tip.style.maxWidth = `${wide}px`;
    const left = Math.min(this.width - this.tip.offsetWidth - 4, Math.max(4, this.places.x[node] - this.tip.offsetWidth / 2));
    const above = this.places.y[node] - this.places.radius[node] - this.tip.offsetHeight - 10;
    this.tip.style.left = `${left}px`;
    this.tip.style.top = `${above > 0 ? above : this.places.y[node] + this.places.radius[node] + 10}px`;
  }

  /**
   * Say in words what the map shows, for its name.
   * @param {string} when the month in words
   * @param {string} label name of the run, "" where there is one only
   */
  describe(when, label) {
    let people = 0;
    for (let k = 0; k < this.store.count; k += 1) {
      if (this.store.setup.nodes.role[k] !== INSTITUTION && flagsOf(this.store, k, this.month) & PRESENT) people += 1;
    }
    const text = phrase(this.words, label ? "map.text_of" : "map.text", { n: people, when, label });
    if (this.frame.getAttribute("aria-label") !== text) this.frame.setAttribute("aria-label", text);
  }

  /**
   * Return how a node is called.
   * @param {number} node
   * @returns {string}
   */
  nameOf(node) {
    return nameOf(this.store, node, this.words);
  }
}
