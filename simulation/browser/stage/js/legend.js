/** The legend: what shape, fill, outline, dot, arc and width stand for, drawn and in words. */

import { CONNECTOR } from "./encode.js";
import { HALF_STEWARD } from "./encode.js";
import { INSTITUTION } from "./encode.js";
import { LEADER } from "./encode.js";
import { NO_STEP } from "./encode.js";
import { PRESENT } from "./encode.js";
import { RESIDENT } from "./encode.js";
import { STEWARD } from "./encode.js";
import { VIRIDIS } from "./encode.js";
import { arcsOf } from "./encode.js";
import { drawMark } from "./marks.js";
import { make } from "./dom.js";
import { phrase } from "./dom.js";

const SIZE = 28;

function sample(mark, strong) {
  const canvas = make("canvas", { class: "k-legend-mark", "aria-hidden": "true" });
  const ratio = Math.max(1, window.devicePixelRatio || 1);
  canvas.width = canvas.height = SIZE * ratio;
  canvas.style.width = canvas.style.height = `${SIZE}px`;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  drawMark(context, { group: -1, flags: PRESENT, step: 4, radius: 7, ...mark }, SIZE / 2, SIZE / 2, strong);
  return canvas;
}

function item(mark, text, strong) {
  return make("li", {}, sample(mark, strong), make("span", { text }));
}

function fillScale(channel, words) {
  const steps = VIRIDIS.map((colour) => {
    const swatch = make("span", { class: "k-legend-step" });
    swatch.style.background = colour;
    return swatch;
  });
  return make(
    "div", { class: "k-legend-fill" },
    make("span", { class: "k-legend-title", text: phrase(words, "legend.fill", { label: channel.label }) }),
    make(
      "span", { class: "k-legend-scale" },
      make("span", { text: channel.low_word }),
      make("span", { class: "k-legend-steps", "aria-hidden": "true" }, ...steps),
      make("span", { text: channel.high_word }),
    ),
  );
}

/**
 * Build the legend.
 * @param {Object} setup
 * @param {number} channel which channel fills the shapes
 * @param {Object} words
 * @param {boolean} strong whether contrast is raised
 * @param {boolean} open whether the list of marks is open
 * @returns {HTMLElement}
 */
export function buildLegend(setup, channel, words, strong, open) {
  const say = (key) => phrase(words, key);
  const roles = new Set(setup.nodes.role);
  const items = [];
  const told = setup.channels[channel]?.roles;
  const shape = (role, key, radius) => {
    const step = told && !told.includes(role) ? NO_STEP : 4;
    if (roles.has(role)) items.push(item({ role, step, radius }, say(key), strong));
  };
  shape(RESIDENT, "legend.resident", 7);
  shape(CONNECTOR, "legend.connector", 7);
  shape(INSTITUTION, "legend.institution", 9);
  items.push(
    item({ role: RESIDENT, flags: PRESENT | STEWARD }, say("legend.steward"), strong),
    item({ role: RESIDENT, flags: PRESENT | HALF_STEWARD }, say("legend.half"), strong),
    item({ role: RESIDENT, flags: PRESENT | LEADER }, say("legend.leader"), strong),
    item({ role: RESIDENT, flags: 0 }, say("legend.absent"), strong),
  );
  if (setup.groups.length > 1) {
    setup.groups.forEach((group, g) => {
      const key = arcsOf(g).length ? "legend.group" : "legend.group_plain";
      items.push(item({ role: RESIDENT, group: g }, phrase(words, key, { group }), strong));
    });
  }
  const ties = make("li", {}, make("span", { class: "k-legend-tie", "aria-hidden": "true" }), make("span", { text: say("legend.tie") }));
  const list = make("ul", { class: "k-legend-list" }, ...items, ties);
  const details = make("details", { class: "k-legend-more", open }, make("summary", { text: say("legend.more") }), list);
  const element = make("div", { class: "k-legend" });
  if (setup.channels[channel]) element.append(fillScale(setup.channels[channel], words));
  element.append(details);
  return element;
}
