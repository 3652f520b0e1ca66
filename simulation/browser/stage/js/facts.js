/** Facts about people and lines of the log, taken from frames. Pure logic. */

import { CONNECTOR } from "./encode.js";
import { INSTITUTION } from "./encode.js";
import { HALF_STEWARD } from "./encode.js";
import { LEADER } from "./encode.js";
import { COMMITTED } from "./encode.js";
import { NEWCOMER } from "./encode.js";
import { PRESENT } from "./encode.js";
import { STEWARD } from "./encode.js";
import { groupOf } from "./encode.js";
import { levelOf } from "./encode.js";
import { speaksOf } from "./encode.js";
import { phrase } from "./dom.js";

/**
 * Return the flags of a node in a month.
 * @param {Store} store
 * @param {number} node
 * @param {number} month
 * @returns {number} 0 where the node is not there
 */
export function flagsOf(store, node, month) {
  const frame = store.frame(month);
  return frame && node < frame.nodes ? frame.flags[node] : 0;
}

/**
 * Return how a node is called.
 * @param {Store} store
 * @param {number} node
 * @param {Object} words
 * @returns {string}
 */
export function nameOf(store, node, words) {
  const { name, role } = store.setup.nodes;
  if (name[node]) return name[node];
  const kind = role[node] === INSTITUTION ? "institution" : role[node] === CONNECTOR ? "connector" : "resident";
  return phrase(words, `numbered.${kind}`, { number: node + 1 });
}

/**
 * Return a node's role in a word.
 * @param {Store} store
 * @param {number} node
 * @param {Object} words
 * @returns {string}
 */
export function roleOf(store, node, words) {
  const role = store.setup.nodes.role[node];
  return phrase(words, role === INSTITUTION ? "role.institution" : role === CONNECTOR ? "role.connector" : "role.resident");
}

/**
 * Return what marks a node, in words.
 * @param {number} flags
 * @param {Object} words
 * @returns {string[]}
 */
export function marksOf(flags, words) {
  if (!(flags & PRESENT)) return [phrase(words, "mark.absent")];
  const marks = [];
  if (flags & LEADER) marks.push(phrase(words, "mark.leader"));
  if (flags & STEWARD) marks.push(phrase(words, "mark.steward"));
  else if (flags & HALF_STEWARD) marks.push(phrase(words, "mark.half"));
  if (flags & COMMITTED) marks.push(phrase(words, "mark.committed"));
  if (flags & NEWCOMER) marks.push(phrase(words, "mark.newcomer"));
  return marks;
}

/**
 * Return all that is known of a node in a month.
 * @param {Store} store
 * @param {number} node
 * @param {number} month
 * @param {Object} words
 * @returns {Object} name, role, group, marks, present, channels, ties, trust
 */
export function factsOf(store, node, month, words) {
  const frame = store.frame(month);
  const flags = flagsOf(store, node, month);
  const group = groupOf(store.setup, node, flags);
  const present = (flags & PRESENT) !== 0;
  const ties = present ? store.tiesOf(node, month) : [];
  const trust = ties.length ? ties.reduce((sum, tie) => sum + tie.trust, 0) / ties.length / 255 : NaN;
  const channels = [];
  store.setup.channels.forEach((channel, place) => {
    if (!present || !speaksOf(store.setup, place, node)) return;
    const byte = frame.channels[place][node];
    channels.push({ place, label: channel.label, share: byte / 255, word: phrase(words, `level.${levelOf(byte)}`) });
  });
  return {
    name: nameOf(store, node, words),
    role: roleOf(store, node, words),
    group: group >= 0 ? store.setup.groups[group] : "",
    marks: marksOf(flags, words),
    present,
    channels,
    ties,
    trust,
  };
}

/**
 * Return what is known of a node in one sentence, for those who hear the map.
 * @param {Store} store
 * @param {number} node
 * @param {number} month
 * @param {number} channel which channel is shown
 * @param {Object} words
 * @returns {string}
 */
export function sentenceOf(store, node, month, channel, words) {
  const facts = factsOf(store, node, month, words);
  const parts = [facts.name];
  if (facts.name !== facts.role && store.setup.nodes.name[node]) parts.push(facts.role);
  if (facts.group) parts.push(phrase(words, "person.of_group", { group: facts.group }));
  parts.push(...facts.marks);
  const shown = facts.channels.find((each) => each.place === channel);
  if (shown) parts.push(phrase(words, "person.channel", { label: shown.label, word: shown.word }));
  if (facts.present) parts.push(phrase(words, "person.ties", { n: facts.ties.length }));
  return parts.join(", ");
}

/**
 * Return the lines of the log that a visitor sees: those up to the playhead, the latest first.
 * @param {Store[]} stores one a run
 * @param {number} month the playhead
 * @param {string} kind which kind; "" for all
 * @param {number} limit at most so many
 * @returns {{run: number, entry: Object}[]} lines that both runs have alike stand once, with run −1
 */
export function visibleEntries(stores, month, kind, limit) {
  const found = [];
  const other = stores.length > 1 ? new Set(stores[1].entries.map(entryName)) : new Set();
  const shared = new Set();
  stores.forEach((store, run) => {
    for (const entry of store.entries) {
      if (entry.month > month || (kind && entry.kind !== kind)) continue;
      const name = entryName(entry);
      if (run === 1 && shared.has(name)) continue;
      const both = run === 0 && other.has(name);
      if (both) shared.add(name);
      found.push({ run: both ? -1 : run, entry });
    }
  });
  found.sort((one, two) => two.entry.month - one.entry.month || one.run - two.run);
  return found.slice(0, limit);
}

function entryName(entry) {
  return `${entry.month}|${entry.kind}|${entry.text}`;
}
