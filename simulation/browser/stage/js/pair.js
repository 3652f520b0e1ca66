/** What a pair of runs has in common, and what only one of them has. Pure logic. */

import { phrase } from "./dom.js";

/**
 * Return what a run's charts and legend are built from; another town may have other groups and lines.
 * @param {Object} setup
 * @returns {string}
 */
export function shapeOf({ groups, charts, badges }) {
  return JSON.stringify([groups, charts.map(({ key, lines }) => [key, lines]), badges]);
}

/**
 * Return the events of all runs; the title of one that only one run has says so.
 * @param {Store[]} stores
 * @param {Object} words
 * @returns {Object[]}
 */
export function eventsOf(stores, words) {
  if (stores.length < 2) return stores[0].setup.events;
  const found = new Map();
  for (const store of stores) {
    for (const event of store.setup.events) {
      const name = `${event.id}|${event.month}`;
      found.set(name, { event, label: found.has(name) ? "" : store.setup.label });
    }
  }
  return [...found.values()].map(({ event, label }) =>
    (label ? { ...event, title: phrase(words, "pair.only", { label, title: event.title }) } : event));
}

/**
 * Return the badges of all runs in a month.
 * @param {Store[]} stores
 * @param {number} month
 * @returns {{label: string, word: string, level: number}[]}
 */
export function badgesOf(stores, month) {
  const { badges = [] } = stores[0].setup;
  return badges.flatMap((badge) => stores.map((store) => {
    const value = store.frame(month)?.values[badge.value] ?? NaN;
    const level = Number.isFinite(value) ? Math.round(value) : 0;
    const word = Number.isFinite(value) ? badge.words[Math.min(badge.words.length - 1, Math.max(0, level))] : "–";
    return { label: stores.length > 1 ? `${store.setup.label}: ${badge.label}` : badge.label, word, level };
  }));
}
