// @ts-check
// Marks: names of classes and, close up, the pictures themselves, laid over the plot and moved along with it.

import { h, pictureUrl } from "./dom.js";
import { onMoving, seen } from "./plotly.js";

/** @typedef {{ x: number, y: number, colour: string, name?: string }} MarkPlace */

/**
 * @param {import("./types.js").Model} model
 * @param {import("./types.js").Ask} ask
 * @param {import("./types.js").Plot} plot
 * @returns what asks for the marks in view
 */
export function marker(model, ask, plot) {
  const layer = h("div", { class: "wb-marks", "aria-hidden": "true" });
  /** @type {{ at: MarkPlace, node: HTMLElement }[]} */
  let marks = [];
  /** @type {string[]} */
  let urls = [];
  let asked = 0;
  plot.parentElement.append(layer);

  function move() {
    const { x, y, box } = seen(plot);
    const home = layer.getBoundingClientRect();
    const [left, top] = [box.left - home.left, box.top - home.top];
    const [right, bottom] = [home.right - box.right, home.bottom - box.bottom];
    layer.style.clipPath = `inset(${top}px ${right}px ${bottom}px ${left}px)`;
    for (const { node, at } of marks) {
      const across = left + ((at.x - x[0]) / (x[1] - x[0])) * box.width;
      const down = top + ((y[1] - at.y) / (y[1] - y[0])) * box.height;
      // a name stands above its class and covers no point
      const above = node.tagName === "SPAN" ? "-140%" : "-50%";
      const place = `${across.toFixed(1)}px, ${down.toFixed(1)}px`;
      node.style.transform = `translate(${place}) translate(-50%, ${above})`;
    }
  }

  async function load() {
    const mine = ++asked;
    const [answer, buffers] = await ask("marks");
    if (mine !== asked) return; // a later question is on its way
    /** @type {{ names?: MarkPlace[], pictures?: MarkPlace[] }} */
    const { names = [], pictures = [] } = answer;
    for (const url of urls) URL.revokeObjectURL(url);
    urls = model.get("pictures") ? pictures.map((_, i) => pictureUrl(buffers[i])) : [];
    marks = [
      ...urls.map((src, i) => ({
        at: pictures[i],
        node: h("img", { src, alt: "", style: `border-color:${pictures[i].colour}` }),
      })),
      ...(model.get("names") ? names : []).map((at) => ({
        at,
        node: h("span", { style: `--wb-class:${at.colour}` }, at.name),
      })),
    ];
    layer.replaceChildren(...marks.map((mark) => mark.node));
    move();
  }

  onMoving(plot, move);
  model.on("change:drawing change:names change:pictures", load);
  load();
  return { load };
}
