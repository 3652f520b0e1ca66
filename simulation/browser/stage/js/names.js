/** The names on the map, each drawn once as a sign that is copied from month to month. */

import { INK } from "./encode.js";
import { INSTITUTION } from "./encode.js";
import { drawnOnce } from "./marks.js";

const MOST = 24;

/**
 * Return the signs of the institutions in the picture, none upon another.
 * @param {Object} nodes of the setup
 * @param {{x: Float32Array, y: Float32Array, radius: Float32Array}} places
 * @param {{context: CanvasRenderingContext2D, width: number, height: number, ratio: number, strong: boolean}} map
 * @returns {{picture: CanvasImageSource, left: number, top: number, width: number, height: number}[]}
 */
export function nameSigns(nodes, places, { context, width, height, ratio, strong }) {
  const size = strong ? 17 : 14;
  const font = `600 ${size}px system-ui, sans-serif`;
  context.font = font;
  const signs = [];
  const taken = [];
  for (let k = 0; k < nodes.name.length && signs.length < MOST; k += 1) {
    if (!nodes.name[k] || nodes.role[k] !== INSTITUTION) continue;
    const inside = places.x[k] >= 0 && places.x[k] <= width && places.y[k] >= 0 && places.y[k] <= height;
    if (!inside) continue;
    const half = context.measureText(nodes.name[k]).width / 2;
    const x = Math.min(width - half - 3, Math.max(half + 3, places.x[k]));
    const under = places.y[k] + places.radius[k] + 4;
    const over = places.y[k] - places.radius[k] - size - 4;
    const clear = (top) => top >= 0 && top + size <= height && !taken.some((box) =>
      Math.abs(box.x - x) < box.half + half + 4 && Math.abs(box.y - top) < size + 1);
    const top = [under, over].find(clear);
    if (top === undefined) continue;
    taken.push({ x, y: top, half });
    const wide = Math.ceil(2 * half) + 8;
    const tall = size + 12;
    const picture = drawnOnce(wide, tall, ratio, (own) => sign(own, nodes.name[k], font, wide / 2));
    const snapped = (value) => Math.round(value * ratio) / ratio;
    signs.push({ picture, left: snapped(x - wide / 2), top: snapped(top - 4), width: wide, height: tall });
  }
  return signs;
}

function sign(context, text, font, x) {
  context.font = font;
  context.textAlign = "center";
  context.textBaseline = "top";
  context.lineJoin = "round";
  context.strokeStyle = "rgba(255, 255, 255, 0.92)";
  context.lineWidth = 4;
  context.strokeText(text, x, 4);
  context.fillStyle = INK;
  context.fillText(text, x, 4);
}
