/** The panel that tells of one person or institution. */

import { factsOf } from "./facts.js";
import { levelOf } from "./encode.js";
import { make } from "./dom.js";
import { nameOf } from "./facts.js";
import { phrase } from "./dom.js";

/** Facts about whoever was picked on the map. */
export class PersonPanel {
  /**
   * @param {Object} words
   * @param {Function} close called to close the panel
   */
  constructor(words, close) {
    this.words = words;
    this.close = close;
    this.title = make("h3", { tabindex: "-1" });
    this.body = make("div", { class: "k-person-body" });
    const button = make("button", { type: "button", class: "k-stage-button", text: phrase(words, "person.close"), on: { click: () => close() } });
    this.element = make("section", { class: "k-person", "aria-label": phrase(words, "person.name"), hidden: true,
      on: { keydown: (event) => { if (event.key === "Escape") close(); } } },
      make("div", { class: "k-stage-bar" }, this.title, button), this.body);
    this.shown = "";
  }

  /**
   * Show a node, or nobody.
   * @param {Store|null} store
   * @param {number} node −1 for nobody
   * @param {number} month
   */
  show(store, node, month) {
    const name = store && node >= 0 ? `${store.setup.id}|${node}|${month}|${store.version}` : "";
    if (name === this.shown) return;
    this.shown = name;
    this.element.hidden = !name;
    if (!name) return;
    const facts = factsOf(store, node, month, this.words);
    this.title.textContent = facts.name;
    const about = [facts.name.startsWith(facts.role) ? "" : facts.role, facts.group, ...facts.marks].filter(Boolean).join(" · ");
    this.body.replaceChildren(make("p", { class: "k-person-about", text: about }), this.#channels(facts), this.#ties(store, facts),
      make("p", { class: "k-person-note", text: phrase(this.words, store.setup.private ? "person.private" : "person.not_real") }));
  }

  #channels(facts) {
    return make("dl", { class: "k-person-channels" }, ...facts.channels.flatMap((channel) => {
      const bar = make("span", { class: "k-person-bar", "aria-hidden": "true" }, make("span", {}));
      bar.firstChild.style.width = `${Math.round(100 * channel.share)}%`;
      return [make("dt", { text: channel.label }), make("dd", {}, bar, make("span", { text: channel.word }))];
    }));
  }

  #ties(store, facts) {
    if (!facts.present) return make("p", { text: phrase(this.words, "person.gone") });
    const trust = Number.isFinite(facts.trust) ? phrase(this.words, `level.${levelOf(Math.round(facts.trust * 255))}`) : "";
    const best = facts.ties.slice(0, 3).map((tie) => nameOf(store, tie.node, this.words)).join(", ");
    const text = facts.ties.length
      ? `${phrase(this.words, "person.trust", { n: facts.ties.length, trust })} ${phrase(this.words, "person.most", { names: best })}`
      : phrase(this.words, "person.alone");
    return make("p", { text });
  }
}
