/** Small helpers: elements, words, throttling. */

/**
 * Make an element.
 * @param {string} tag name of the element
 * @param {Object} attributes attributes; `text` is its text, `on` its listeners by event name
 * @param {...(Node|string|null)} children what it holds; null is left out
 * @returns {HTMLElement}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") element.textContent = value;
    else if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  for (const child of children) if (child !== null && child !== undefined) element.append(child);
  return element;
}

/**
 * Set an element's text if it is another than before (a screen reader hears only real changes).
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Set or remove an attribute, if it is another than before.
 * @param {Element} element
 * @param {string} name
 * @param {string|null} value null removes it
 */
export function setAttribute(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/**
 * Return a text of the catalogue with its places filled in.
 * An entry with the forms `one` and `other` is chosen by `n`.
 * @param {Object<string, string|Object>} words entries by dotted key
 * @param {string} key
 * @param {Object<string, string|number>} values what stands in the places
 * @returns {string} the key itself where there is no such entry
 */
export function phrase(words, key, values = {}) {
  const form = Number(values.n) === 1 ? "one" : "other";
  let text = words[key] ?? words[`${key}.${form}`] ?? key;
  if (typeof text === "object") text = text[form] ?? text.other ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/**
 * Return a function that passes calls on at most once in some milliseconds, the last one always.
 * @param {Function} target
 * @param {number} gap milliseconds
 * @returns {Function} with a method `cancel`
 */
export function throttled(target, gap) {
  let last = -Infinity;
  let timer = 0;
  let latest = [];
  const run = () => {
    timer = 0;
    last = performance.now();
    target(...latest);
  };
  const call = (...values) => {
    latest = values;
    if (timer) return;
    const wait = last + gap - performance.now();
    if (wait <= 0) run();
    else timer = setTimeout(run, wait);
  };
  call.cancel = () => {
    clearTimeout(timer);
    timer = 0;
  };
  return call;
}
