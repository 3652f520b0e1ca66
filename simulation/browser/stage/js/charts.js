/** Charts: small multiples on one month axis, each with a text for those who hear it. */

import { Asking } from "./asking.js";
import { Courses } from "./plot.js";
import { Frame } from "./plot.js";
import { drawAxes } from "./plot.js";
import { drawLabels } from "./labels.js";
import { drawMarkLabel } from "./labels.js";
import { drawPlayhead } from "./plot.js";
import { drawSketch } from "./plot.js";
import { formatValue } from "./encode.js";
import { layLabels } from "./labels.js";
import { linesOf } from "./lines.js";
import { make } from "./dom.js";
import { markPlace } from "./labels.js";
import { phrase } from "./dom.js";
import { scaleOf } from "./lines.js";
import { setAttribute } from "./dom.js";
import { whenText } from "./when.js";

/** One chart. */
export class Chart {
  /**
   * @param {Object} chart as the setup has it
   * @param {Object} words
   * @param {{changed: Function, predicted: Function, leave: Function}} hooks
   */
  constructor(chart, words, hooks) {
    this.chart = chart;
    this.words = words;
    this.hooks = hooks;
    this.inSight = true;
    this.marked = {};
    this.canvas = make("canvas", { class: "k-chart-canvas", role: "img", "aria-label": chart.title });
    this.context = this.canvas.getContext("2d");
    this.courses = new Courses();
    this.plot = make("div", { class: "k-chart-plot" }, this.canvas);
    const own = `better.${chart.key}`;
    const better = chart.better ? phrase(words, own in words ? own : `better.${chart.better}`) : "";
    const unit = chart.unit && chart.unit !== "%" ? chart.unit : "";
    const about = [unit, better].filter(Boolean).join(" · ");
    this.head = make(
      "figcaption", { class: "k-chart-head" },
      make("h3", { text: chart.title }),
      make("span", { class: "k-chart-about", text: about }),
    );
    if (chart.help) {
      this.head.append(make("details", { class: "k-chart-help" },
        make("summary", { "aria-label": phrase(words, "chart.help", { title: chart.title }), text: "?" }),
        make("p", { text: chart.help })));
    }
    this.asking = new Asking(this);
    this.element = make("figure", { class: "k-chart" }, this.head, this.plot, this.asking.ask, this.asking.told);
    if (chart.empty) {
      this.plot.replaceChildren(make("p", { class: "k-chart-empty", text: chart.help }));
      this.head.querySelector("details")?.remove();
    }
  }

  /** Fit the canvas to its place on the page. */
  resize() {
    const width = Math.floor(this.plot.clientWidth);
    const height = Math.floor(this.plot.clientHeight);
    const ratio = Math.max(1, window.devicePixelRatio || 1);
    if (width === this.width && height === this.height && ratio === this.ratio) return;
    Object.assign(this, { width, height, ratio });
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
  }

  /**
   * Draw the chart.
   * @param {Object} state stores, month, seen, months, events, split, right, font, strong, years, about
   */
  draw(state) {
    if (!this.width || !this.height) return;
    const { context, courses } = this;
    const { sketch, open } = this.asking;
    const lines = linesOf(this.chart, state.stores);
    const scale = scaleOf(this.chart, lines, state.seen);
    const box = { width: this.width, height: this.height, left: 2.7 * state.font + 8, right: state.right, font: state.font, thick: state.strong ? 3 : 2 };
    this.frame = new Frame(box, state.months, scale);
    const name = [this.width, this.height, this.ratio, scale.low, scale.high, state.right, state.font, state.months, state.about].join("|");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    this.#drawGround(`${name}|${state.split}`, state);
    if (open) this.#drawFuture(sketch.start.month);
    if (sketch) drawSketch(context, this.frame, sketch.points(), phrase(this.words, "predict.yours"));
    courses.grow(name, this.frame, lines, state.seen, this.ratio);
    courses.copy(context, this.frame, state.month, this.ratio);
    drawPlayhead(context, this.frame, lines, state.month);
    const labels = layLabels(context, this.frame, lines, state.month, this.chart.unit);
    this.#drawMarks(lines, labels, state);
    drawLabels(context, labels, state.font);
    if (this.asking.kept) this.asking.compare(lines[0], state);
  }

  /** Draw what stays from month to month, from a copy while it is the same. */
  #drawGround(name, state) {
    if (name !== this.grounded) {
      this.grounded = name;
      this.ground ??= document.createElement("canvas");
      this.ground.width = this.canvas.width;
      this.ground.height = this.canvas.height;
      const own = this.ground.getContext("2d");
      own.scale(this.ratio, this.ratio);
      drawAxes(own, this.frame, this.chart, state);
    }
    this.context.drawImage(this.ground, 0, 0, this.canvas.width / this.ratio, this.canvas.height / this.ratio);
  }

  #drawMarks(lines, labels, { month, seen }) {
    for (const mark of this.chart.marks ?? []) {
      this.context.font = `${this.frame.font}px system-ui, sans-serif`;
      const width = this.context.measureText(mark.label).width;
      const place = markPlace(this.frame, { width, at: mark.at, before: this.marked[mark.label] }, lines, labels, month, seen);
      this.marked[mark.label] = place.name;
      drawMarkLabel(this.context, this.frame, mark.label, place);
    }
  }

  #drawFuture(month) {
    const { frame, context } = this;
    const { cursor } = this.asking;
    const x = frame.x(month);
    context.fillStyle = "rgba(136, 46, 114, 0.06)";
    context.fillRect(x, frame.top, frame.end - x, frame.bottom - frame.top);
    if (cursor > month && document.activeElement === this.canvas) {
      context.strokeStyle = "#0b57d0";
      context.lineWidth = 2;
      context.beginPath();
      context.moveTo(frame.x(cursor), frame.top);
      context.lineTo(frame.x(cursor), frame.bottom);
      context.stroke();
    }
  }

  /**
   * Say in words what the chart shows.
   * @param {Store[]} stores
   * @param {number} month
   */
  describe(stores, month) {
    if (this.asking.open) return;
    const lines = linesOf(this.chart, stores).map((line) => {
      const start = formatValue(line.numbers[0], this.chart.unit);
      const now = formatValue(line.numbers[month], this.chart.unit);
      return phrase(this.words, "chart.line", { label: line.label || this.chart.title, start, now });
    });
    const text = phrase(this.words, "chart.text", { title: this.chart.title, when: whenText(month, this.words), lines: lines.join("; ") });
    setAttribute(this.canvas, "aria-label", text);
  }
}
