/** Where nodes lie on the map, and who is near. Pure logic. */

import { INSTITUTION } from "./encode.js";

/**
 * Return the places of all nodes in pixels of the page.
 * @param {Object} setup
 * @param {number} width of the map
 * @param {number} height of the map
 * @param {number} scale larger marks, as for a projector
 * @returns {{x: Float32Array, y: Float32Array, radius: Float32Array}}
 */
export function layOut(setup, width, height, scale) {
  const { nodes } = setup;
  const count = nodes.x.length;
  const people = Math.max(1, nodes.role.filter((role) => role !== INSTITUTION).length);
  let radius = Math.sqrt((width * height) / people) * 0.2;
  radius = Math.round(2 * Math.min(9, Math.max(2.5, radius))) / 2;
  radius = Math.round(2 * radius * scale) / 2;
  const edge = radius * 1.6 + 12;
  const foot = Math.round(8 * scale * scale);
  const [left, right] = extent(nodes.x);
  const [top, bottom] = extent(nodes.y);
  let stretchX = (width - 2 * edge) / (right - left || 1);
  let stretchY = (height - 2 * edge - foot) / (bottom - top || 1);
  if (setup.space === "grid") stretchX = stretchY = Math.min(stretchX, stretchY);
  const x = new Float32Array(count);
  const y = new Float32Array(count);
  const size = new Float32Array(count);
  for (let k = 0; k < count; k += 1) {
    x[k] = width / 2 + (nodes.x[k] - (left + right) / 2) * stretchX;
    y[k] = (height - foot) / 2 + (nodes.y[k] - (top + bottom) / 2) * stretchY;
    size[k] = nodes.role[k] === INSTITUTION ? radius * 1.5 : radius;
  }
  return { x, y, radius: size };
}

function extent(numbers) {
  let low = Infinity;
  let high = -Infinity;
  for (const number of numbers) {
    low = Math.min(low, number);
    high = Math.max(high, number);
  }
  return numbers.length ? [low, high] : [0, 1];
}

/**
 * Return the node at a point.
 * @param {{x: Float32Array, y: Float32Array, radius: Float32Array}} places
 * @param {number} x
 * @param {number} y
 * @param {number} reach how far beside a mark still counts, in pixels
 * @returns {number} −1 for none
 */
export function nodeAt(places, x, y, reach) {
  let best = -1;
  let nearest = Infinity;
  for (let k = 0; k < places.x.length; k += 1) {
    const away = Math.hypot(places.x[k] - x, places.y[k] - y) - places.radius[k];
    if (away < nearest && away <= reach) {
      nearest = away;
      best = k;
    }
  }
  return best;
}

/**
 * Return the nearest node in a direction.
 * @param {{x: Float32Array, y: Float32Array}} places
 * @param {number} from the node to start at
 * @param {number} right 1 for right, −1 for left, 0 for neither
 * @param {number} down 1 for down, −1 for up, 0 for neither
 * @returns {number} the same node where there is none
 */
export function neighbourTowards(places, from, right, down) {
  let best = from;
  let nearest = Infinity;
  for (let k = 0; k < places.x.length; k += 1) {
    if (k === from) continue;
    const dx = places.x[k] - places.x[from];
    const dy = places.y[k] - places.y[from];
    const along = dx * right + dy * down;
    const aside = Math.abs(dx * down) + Math.abs(dy * right);
    if (along <= 0 || aside > 1.2 * along) continue;
    const cost = along + 2 * aside;
    if (cost < nearest) {
      nearest = cost;
      best = k;
    }
  }
  return best;
}
