// @ts-check
// Selecting: what the timeline and the map of places have in common, buttons and what a gesture does to the
// selection.

import { button } from "./dom.js";
import { setter } from "./panel.js";

/** @typedef {{ altKey: boolean, shiftKey: boolean }} Held */

/**
 * A button; one whose text is a sign is read out by its title.
 * @param {string} text
 * @param {string} title
 * @param {(event: MouseEvent) => unknown} on
 * @param {boolean} [pressed] left out: no button that stays pressed
 */
export const press = (text, title, on, pressed) =>
  button(text, title, on, pressed, { "aria-label": text.length < 3 ? title : null });

const CHOICES = [
  ["replace", "New", "starts a new selection"],
  ["add", "+", "adds (or hold Shift)"],
  ["remove", "−", "removes (or hold Alt)"],
];

/**
 * @param {import("./types.js").Model} model
 * @param {string} what what makes a selection, "A lasso" or "A span"
 * @returns modeOf(event) tells what a gesture does, by its keys or else by the button pressed among modes()
 */
export function selecting(model, what) {
  const set = setter(model);
  const now = () => model.get("mode");
  return {
    /** @param {Held} event */
    modeOf: (event) => (event.altKey ? "remove" : event.shiftKey ? "add" : now()),
    modes: () =>
      CHOICES.map(([name, text, does]) =>
        press(text, `${what} ${does}`, () => set("mode", name), now() === name),
      ),
  };
}
