// @ts-check
// Runs: the form of a run, the curve to choose eps from, the table that compares them, and a look into one.

import { focusOn, h, options } from "./dom.js";
import { foldDetails } from "./folding.js";
import { number } from "./format.js";
import { asker, fill, status } from "./panel.js";
import { distanceCurve, runTable, thumbnailStrip } from "./runs_parts.js";
import { working } from "./working.js";

const METHODS = { hdbscan: "HDBSCAN", dbscan: "DBSCAN", agglomerative: "Agglomerative" };
/** @type {Record<string, string>} */
const SPACES = { reduced: "five dimensions (UMAP)", vectors: "the vectors" };

/** @param {import("./types.js").View} view */
function render({ model, el }) {
  const ask = asker(model);
  let method = model.get("method");
  let naming = "";
  const methods = h("div", { class: "wb-group", role: "group", "aria-label": "Method" });
  const space = h(
    "select",
    { "aria-label": "Space", title: "Space in which distances are measured" },
    ...options(model.get("spaces").map((/** @type {string} */ name) => [name, SPACES[name] ?? name])),
  );
  const inputs = h("span", { class: "wb-row" });
  const name = h("input", {
    class: "wb-name-box",
    placeholder: "Name (optional)",
    "aria-label": "Name of the run",
    maxlength: 120,
  });
  const curve = h("div", { class: "wb-curve-place" });
  const form = h("form", { class: "wb-form", "aria-label": "A run of clustering" });
  /** @type {HTMLSelectElement} */
  const against = h(
    "select",
    { "aria-label": "Compare with", onchange: () => ask("compare", { against: against.value }) },
    ...options([
      ["folder", "folders"],
      ["tag", "tags"],
      ["identity", "identities"],
    ]),
  );
  const compared = h("div", { class: "wb-runs-table" });
  const inside = h("div", { class: "wb-runs-inside" });
  /** @returns {{ name: string, label: string, hint: string, default: number | null }[]} */
  const fields = () => model.get("fields")[method] ?? [];
  /**
   * @param {string} name of a setting of the method
   * @returns {HTMLInputElement | null}
   */
  const field = (name) => /** @type {HTMLInputElement | null} */ (form.elements.namedItem(name));
  const textOf = (/** @type {string} */ name) => field(name)?.value ?? "";
  const eps = () => Number(textOf("eps"));

  function drawForm() {
    const kept = Object.fromEntries(
      [...inputs.querySelectorAll("input")].map((input) => [input.name, input.value]),
    );
    methods.replaceChildren(
      ...Object.entries(METHODS).map(([key, text]) =>
        h(
          "button",
          {
            type: "button",
            "aria-pressed": String(key === method),
            onclick: () => {
              method = key;
              drawForm();
            },
          },
          text,
        ),
      ),
    );
    inputs.replaceChildren(
      ...fields().map((about) =>
        h(
          "label",
          { title: about.hint },
          about.label,
          h("input", {
            name: about.name,
            type: "number",
            class: "wb-number",
            step: "any",
            value: kept[about.name] ?? about.default,
            placeholder: about.default == null ? "auto" : null,
            oninput: about.name === "eps" ? drawCurve : null,
          }),
        ),
      ),
      method === "dbscan"
        ? h(
            "button",
            {
              type: "button",
              title: "Sorted distances to the last of these neighbours: noise begins where the curve bends",
              onclick: distances,
            },
            "Choose eps…",
          )
        : "",
    );
    drawCurve();
  }

  function distances() {
    ask("distances", {
      k: Math.max(1, Math.round(Number(textOf("min_samples")) || 5)),
      space: space.value,
    });
  }

  function drawCurve() {
    const c = model.get("curve");
    const shown = method === "dbscan" && c.of > 0;
    curve.hidden = !shown;
    if (!shown) return;
    curve.replaceChildren(
      distanceCurve(c, eps(), (value) => {
        const input = field("eps");
        if (input) input.value = String(value);
        drawCurve();
      }),
      h(
        "p",
        { class: "wb-quiet" },
        `How far each of ${number(c.of)} samples is from its neighbour number ${c.k} in `,
        `${SPACES[c.space] ?? c.space}. Click to choose eps; noise begins where the curve bends up.`,
      ),
    );
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const settings = Object.fromEntries(
      fields().map(({ name }) => [name, textOf(name) === "" ? null : Number(textOf(name))]),
    );
    ask("run", { method, name: name.value, space: space.value, settings });
    name.value = ""; // the next run of the same name would take the place of this one
  });

  /** @type {import("./runs_parts.js").RunActions} */
  const on = {
    open: (run) => ask("open", { name: run }),
    colour: (run) => ask("colour", { name: run }),
    remove: (run) => ask("remove", { name: run }),
    rename: (run) => {
      naming = run;
      drawTable();
      focusOn(compared.querySelector("input"));
    },
  };

  function drawTable() {
    const table = model.get("table");
    against.value = model.get("against");
    const box = h("input", { class: "wb-name-box", value: naming, "aria-label": "New name", maxlength: 120 });
    const renaming = h(
      "form",
      { class: "wb-row" },
      `New name for “${naming}”:`,
      box,
      h("button", { type: "submit" }, "Rename"),
      h(
        "button",
        {
          type: "button",
          onclick: () => {
            naming = "";
            drawTable();
          },
        },
        "Cancel",
      ),
    );
    renaming.addEventListener("submit", (event) => {
      event.preventDefault();
      ask("rename", { name: naming, to: box.value });
      naming = "";
    });
    compared.replaceChildren(
      ...(table.length
        ? [
            h("div", { class: "wb-row" }, "Purity and adjusted Rand against", against),
            h("div", { class: "wb-table" }, runTable(table, model.get("opened"), on)),
            ...(naming ? [renaming] : []),
          ]
        : [
            h(
              "p",
              { class: "wb-quiet" },
              "No runs yet. Choose a method and press Run; each run is kept with its parameters.",
            ),
          ]),
    );
  }

  function drawInside() {
    const opened = model.get("opened");
    /** @type {{ cluster: number, name: string, count: number }[]} */
    const clusters = model.get("clusters");
    const now = clusters.find(({ cluster }) => cluster === model.get("cluster"));
    inside.hidden = !opened;
    if (!opened) return;
    const chip = (
      /** @type {{ cluster: number, name: string, count: number }} */ { cluster, name: text, count },
    ) =>
      h(
        "button",
        {
          class: "wb-chip-button",
          "aria-pressed": String(cluster === model.get("cluster")),
          onclick: () => ask("look", { cluster }),
        },
        text,
        h("span", { class: "wb-quiet" }, number(count)),
      );
    const beyond = model.get("beyond");
    inside.replaceChildren(
      h("strong", {}, opened),
      clusters.length
        ? h(
            "div",
            { class: "wb-chips" },
            ...clusters.map(chip),
            beyond ? h("span", { class: "wb-quiet" }, `and ${beyond} more`) : "",
          )
        : h("p", { class: "wb-quiet" }, "This run found no clusters."),
      h(
        "div",
        { class: "wb-row" },
        now
          ? h(
              "button",
              { onclick: () => ask("select", { cluster: now.cluster }) },
              `Select the ${number(now.count)} of “${now.name}”`,
            )
          : "",
        h("button", { onclick: () => ask("select", { cluster: -1 }) }, "Select what is in no cluster"),
      ),
      ...(now
        ? [thumbnailStrip(ask, "typical", model.get("typical")), thumbnailStrip(ask, "odd", model.get("odd"))]
        : []),
    );
  }

  const hint = "Cluster the images in several ways and compare the results";
  const fold = foldDetails(
    model,
    (unfolded) => {
      if (unfolded !== model.get("unfolded")) ask("unfold", { unfolded });
    },
    ["Cluster runs ", h("span", { class: "wb-quiet wb-light" }, hint)],
    h("div", { class: "wb-runs-in" }, form, working(model, ask), compared, inside, status(model)),
  );
  form.append(
    h(
      "div",
      { class: "wb-row" },
      methods,
      "on",
      space,
      h("span", { class: "wb-space" }),
      name,
      h("button", { type: "submit", class: "wb-main" }, "Run"),
    ),
    inputs,
    curve,
  );
  model.on("change:method", () => {
    method = model.get("method");
    drawForm();
  });
  model.on("change:curve", drawCurve);
  model.on("change:table change:opened change:against", drawTable);
  model.on("change:opened change:clusters change:cluster change:typical change:odd", drawInside);
  fill(el, "wb-runs", fold);
  drawForm();
  drawTable();
  drawInside();
}

export default { render };
