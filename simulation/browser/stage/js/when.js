/** Months in words. */

import { phrase } from "./dom.js";
import { yearAndMonth } from "./clock.js";

/**
 * Return a month in words.
 * @param {number} month
 * @param {Object} words
 * @returns {string}
 */
export function whenText(month, words) {
  const parts = yearAndMonth(month);
  return parts.year === 0 ? phrase(words, "when.start") : phrase(words, "when.month", parts);
}
