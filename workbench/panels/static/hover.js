// @ts-check
// Hover: the card beside the pointer that shows the image nearest to it, which Python knows.

import { besidePointer, debounced, h, showPicture } from "./dom.js";
import { fileName } from "./format.js";

const STILL_MILLISECONDS = 60;

/**
 * @param {import("./types.js").Ask} ask
 * @param {HTMLElement} card
 * @param {object} on
 * @param {(event: MouseEvent) => object} on.place where the pointer is, as Python is asked
 * @param {() => boolean} on.drawing whether something is being drawn: then nothing is shown
 * @param {(answer: any) => string[]} on.texts what is told of an image besides its name
 * @param {() => DOMRect} on.area in which the card stays
 * @returns soon(event) shows the card once the pointer rests, leave() hides it
 */
export function hovering(ask, card, { place, drawing, texts, area }) {
  let pointer = 0;

  /** @param {MouseEvent} event */
  async function show(event) {
    const mine = ++pointer;
    const [answer, buffers] = await ask("hover", place(event));
    if (mine !== pointer || drawing()) return;
    card.hidden = !(answer.row >= 0);
    if (card.hidden) return;
    const picture = h("img", { alt: "" });
    showPicture(picture, buffers[0]);
    const told = texts(answer).map((text) => h("span", { class: "wb-quiet" }, text));
    card.replaceChildren(picture, h("b", {}, fileName(answer.name)), ...told);
    const box = area();
    besidePointer(card, event.clientX - box.left, event.clientY - box.top, box.width, box.height);
  }
  const soon = debounced(show, STILL_MILLISECONDS);

  function leave() {
    soon.cancel();
    pointer++;
    card.hidden = true;
  }
  return { soon, leave };
}
