/** The stage as an anywidget: messages of the page go in, what visitors do goes out. */

import { Stage } from "./stage.js";

/**
 * Show the stage in a widget's place.
 * @param {{model: Object, el: HTMLElement}} context as anywidget gives it
 * @returns {Function} takes the stage away
 */
export function renderWidget({ model, el }) {
  const stage = new Stage(el, (message) => model.send(message));
  const receive = (message, buffers) => stage.receive(message, buffers);
  model.on("msg:custom", receive);
  model.send({ kind: "ready" });
  return () => {
    model.off("msg:custom", receive);
    stage.destroy();
  };
}
