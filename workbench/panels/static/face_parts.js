// @ts-check
// What the parts of the faces panel share: crops that are asked for once, and what is dragged.

import { h, pictureUrl } from "./dom.js";

/** @typedef {import("./types.js").Ask} Ask */
/** @typedef {(row: number, alt: string) => HTMLImageElement} Crop */
/** @typedef {(verb: string, data?: object) => Promise<unknown>} Go */
/**
 * @typedef {(identity: string | null, rows: number[] | null, name?: string) => Promise<unknown>} Move no
 *   rows: the ticked
 */

export const NOBODY = "Who is this?";
export const IDENTITY = "application/x-workbench-identity";
export const FACES = "application/x-workbench-faces";

/**
 * Begin to drag.
 * @param {DragEvent} event
 * @param {string} type IDENTITY or FACES
 * @param {string} data
 */
export function drag({ dataTransfer }, type, data) {
  if (!dataTransfer) return;
  dataTransfer.setData(type, data);
  dataTransfer.effectAllowed = "move";
}

/**
 * @param {DragEvent} event
 * @param {string} type IDENTITY or FACES
 * @returns {string} what was dropped, "" if it is of another type
 */
export const dropped = (event, type) => event.dataTransfer?.getData(type) ?? "";

const KEPT_CROPS = 4000;
const CROPS_A_MESSAGE = 120;

/**
 * What many images want in one moment is asked for in one message.
 * @param {Ask} ask
 * @returns {Crop} what makes the image of a face
 */
export function cropper(ask) {
  /** @type {Map<number, string>} */
  const urls = new Map();
  /** @type {Map<number, HTMLImageElement[]>} */
  const wanting = new Map();
  let timer = 0;

  async function fetchAll() {
    timer = 0;
    const wanted = [...wanting].slice(0, CROPS_A_MESSAGE);
    for (const [row] of wanted) wanting.delete(row);
    if (wanting.size) timer = setTimeout(fetchAll);
    const [, buffers] = await ask("crops", { rows: wanted.map(([row]) => row) });
    wanted.forEach(([row, images], i) => {
      const url = pictureUrl(buffers[i]);
      urls.set(row, url);
      for (const image of images) image.src = url;
    });
    for (const [row, url] of [...urls].slice(0, Math.max(0, urls.size - KEPT_CROPS))) {
      URL.revokeObjectURL(url);
      urls.delete(row);
    }
  }

  return (row, alt) => {
    const image = h("img", { alt, draggable: "false" });
    const url = urls.get(row);
    if (url !== undefined) image.src = url;
    else {
      wanting.set(row, [...(wanting.get(row) ?? []), image]);
      if (!timer) timer = setTimeout(fetchAll);
    }
    return image;
  };
}
