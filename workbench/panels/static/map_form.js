// @ts-check
// Map form: what may be set for a layout, folded below the map's bar until it is asked for.

import { h } from "./dom.js";

/**
 * One setting of a layout.
 * @typedef {object} Field
 * @property {string} name
 * @property {string} hint
 * @property {string | number} default
 * @property {number} [low]
 * @property {number} [high]
 * @property {string[]} [choices]
 */

/** @type {Record<string, string>} */
export const LAYOUTS = { umap: "UMAP", tsne: "t-SNE", pca: "PCA" };
/** @type {Record<string, string>} */
export const SETTINGS = {
  n_neighbors: "Neighbours",
  min_dist: "Minimum distance",
  metric: "Metric",
  perplexity: "Perplexity",
  seed: "Seed",
};

/**
 * The methods of layout, and the settings of the one chosen.
 * @param {import("./types.js").Model} model
 * @param {import("./types.js").Ask} ask
 */
export function layoutForm(model, ask) {
  let method = model.get("method");
  const methods = h("div", { class: "wb-group", role: "group", "aria-label": "Method" });
  const inputs = h("div", { class: "wb-row wb-form-fields" });
  const form = h("form", { class: "wb-form", "aria-label": "Settings of the layout" });
  /** @returns {Field[]} */
  const fields = () => model.get("fields")[method] ?? [];

  /** @param {Field} field @param {string | number} value */
  function input(field, value) {
    const about = { name: field.name, title: field.hint };
    if (field.choices)
      return h(
        "select",
        about,
        ...field.choices.map((name) => h("option", { value: name, selected: name === value }, name)),
      );
    return h("input", {
      ...about,
      type: "number",
      class: "wb-number",
      min: field.low,
      max: field.high,
      step: "any",
      value,
      required: true,
    });
  }

  function draw() {
    const now = method === model.get("method") ? model.get("settings") : {};
    methods.replaceChildren(
      ...model.get("methods").map((/** @type {string} */ name) =>
        h(
          "button",
          {
            type: "button",
            "aria-pressed": String(name === method),
            onclick: () => {
              method = name;
              draw();
            },
          },
          LAYOUTS[name] ?? name,
        ),
      ),
    );
    inputs.replaceChildren(
      ...fields().map((field) =>
        h(
          "label",
          { title: field.hint },
          SETTINGS[field.name] ?? field.name,
          input(field, now[field.name] ?? field.default),
        ),
      ),
      fields().length
        ? ""
        : h(
            "span",
            { class: "wb-quiet" },
            "PCA has no settings: its axes are the two directions of greatest variance.",
          ),
    );
  }

  function settings() {
    return Object.fromEntries(
      fields().map((field) => {
        const { value } = control(field);
        return [field.name, field.choices ? value : Number(value)];
      }),
    );
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask("method", { name: method, settings: settings() });
  });
  /**
   * @param {Field} field
   * @returns {HTMLInputElement | HTMLSelectElement}
   */
  const control = (field) => /** @type {any} */ (form.elements.namedItem(field.name));
  const usual = () =>
    fields().forEach((field) => {
      control(field).value = String(field.default);
    });
  form.append(
    h(
      "div",
      { class: "wb-row" },
      methods,
      h("span", { class: "wb-space" }),
      h("button", { type: "button", title: "The default settings", onclick: usual }, "Reset"),
      h("button", { type: "submit", class: "wb-main" }, "Compute"),
    ),
    inputs,
  );
  const show = () => {
    form.hidden = !model.get("form");
  };
  model.on("change:method change:settings", () => {
    method = model.get("method");
    draw();
  });
  model.on("change:methods change:fields", draw);
  model.on("change:form", show);
  draw();
  show();
  return form;
}
