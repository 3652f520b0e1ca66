/** The replay: the stage with all its months in the same file. */

import { Stage } from "./stage.js";
import { undoDifferences } from "./frames.js";

async function unpacked(text) {
  const packed = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

/**
 * Show a replay: what the file holds of each run goes to a stage, and nothing is asked for.
 * @param {HTMLElement} host
 * @param {string} about the setups and logs of the runs, packed
 * @param {string[]} texts the months of each run, packed
 * @returns {Promise<Stage>}
 */
export async function playReplay(host, about, texts) {
  const { message, log } = JSON.parse(new TextDecoder().decode(await unpacked(about)));
  const months = await Promise.all(texts.map(unpacked));
  const stage = new Stage(host, () => {});
  stage.receive(message);
  months.forEach((buffer, run) => {
    const setup = message.runs[run];
    undoDifferences(buffer, setup.channels.length, setup.values.length);
    stage.receive({ kind: "log", run, entries: log[run] });
    stage.receive({ kind: "frames", run, months: [] }, [buffer]);
  });
  return stage;
}
