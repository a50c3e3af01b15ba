// @ts-check
// What every panel has: questions to Python, traits that are set from here, the busy line and the error area.

import { h, setText } from "./dom.js";
import { keepKeys } from "./jupyterlab.js";
import { stayInTouch } from "./widgets.js";

/** @typedef {import("./types.js").Ask} Ask */
/** @typedef {import("./types.js").Child} Child */
/** @typedef {import("./types.js").Model} Model */

/**
 * @param {Model} model
 * @returns {Ask} a function that asks Python
 */
export function asker(model) {
  const waiting = new Map();
  const prefix = Math.random().toString(36).slice(2);
  let last = 0;
  stayInTouch(model).catch((error) => console.warn("workbench:", error));
  model.on("msg:custom", (message, buffers) => {
    const done = waiting.get(message.id);
    if (!done) return;
    waiting.delete(message.id);
    done([message, buffers]);
  });
  return (name, data = {}, buffers = []) =>
    new Promise((done) => {
      const id = `${prefix}-${++last}`;
      waiting.set(id, done);
      model.send({ ask: name, id, ...data }, undefined, buffers);
    });
}

/**
 * @param {Model} model
 * @returns {(name: string, value: unknown) => void} what sets a trait here and in Python
 */
export const setter = (model) => (name, value) => {
  model.set(name, value);
  model.save_changes();
};

/**
 * A node that shows what is going on and what went wrong, from two traits of the model.
 * @param {Model} model
 */
export function status(model, doing = "busy", wrong = "error") {
  const busy = h("div", { class: "wb-busy", role: "status" });
  const error = h("div", { class: "wb-error", role: "alert" });
  const draw = () => {
    setText(busy, model.get(doing));
    setText(error, model.get(wrong));
    busy.hidden = !busy.textContent;
    error.hidden = !error.textContent;
  };
  model.on(`change:${doing} change:${wrong}`, draw);
  draw();
  return h("div", { class: "wb-status" }, busy, error);
}

/**
 * Make `el` a panel that holds these nodes.
 * @param {HTMLElement} el
 * @param {string} name its class
 * @param {Child[]} children
 */
export function fill(el, name, ...children) {
  el.classList.add("wb-panel", name);
  keepKeys(el);
  el.append(...children.filter((child) => child != null));
}
