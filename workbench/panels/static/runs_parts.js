// @ts-check
// Runs, its parts: the curve of distances, the table of runs, the strips of thumbnails.

import { h, showPictures, svg } from "./dom.js";
import { number } from "./format.js";

/** @typedef {{ at: number[], distances: number[], of: number, k: number, knee: number }} Curve */
/** @typedef {Record<string, any> & { name: string }} Run */
/** @typedef {Record<"open" | "colour" | "remove" | "rename", (run: string) => void>} RunActions */

/**
 * Draw the sorted distances.
 * @param {Curve} c
 * @param {number} eps 0: none
 * @param {(eps: number) => void} choose called by a click
 */
export function distanceCurve(c, eps, choose) {
  const [width, height, left, bottom] = [560, 170, 44, 22];
  const high = Math.max(...c.distances, eps || 0, 1e-9) * 1.05;
  const last = Math.max(c.of - 1, 1);
  const x = (/** @type {number} */ at) => left + (at / last) * (width - left);
  const y = (/** @type {number} */ value) => (height - bottom) * (1 - value / high);
  const line = c.at
    .map((at, i) => `${i ? "L" : "M"}${x(at).toFixed(1)},${y(c.distances[i]).toFixed(1)}`)
    .join("");
  /** @type {(value: number, kind: string, text: string) => SVGElement[]} */
  const across = (value, kind, text) => [
    svg("line", { x1: left, x2: width, y1: y(value), y2: y(value), class: kind }),
    svg("text", { x: left + 6, y: y(value) - 4, class: kind }, text),
  ];
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) =>
    svg(
      "text",
      { x: left - 6, y: y(high * share) + (share === 1 ? 10 : 0), "text-anchor": "end" },
      (high * share).toPrecision(2),
    ),
  );
  const picture = svg(
    "svg",
    {
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      class: "wb-curve",
      "aria-label":
        `Distances of ${c.of} samples to their neighbour number ${c.k}, sorted; ` + `they bend at ${c.knee}`,
    },
    svg("line", { x1: left, x2: width, y1: y(0), y2: y(0) }),
    ...ticks,
    svg("text", { x: left, y: height - 5 }, "samples, nearest first"),
    svg("path", { d: line }),
    ...(c.knee > 0 ? across(c.knee, "wb-knee", `bend ${c.knee.toPrecision(3)}`) : []),
    ...(eps > 0 ? across(eps, "wb-eps", `eps ${eps.toPrecision(3)}`) : []),
  );
  picture.addEventListener("click", (event) => {
    const box = picture.getBoundingClientRect();
    const at = ((event.clientY - box.top) / box.height) * height;
    choose(Number(Math.max(high * (1 - at / (height - bottom)), high / 1000).toPrecision(3)));
  });
  return picture;
}

const COLUMNS = [
  ["clusters", "clusters"],
  ["noise", "in none"],
  ["largest", "largest"],
  ["silhouette", "silhouette"],
  ["dbcv", "DBCV"],
  ["purity", "purity"],
  ["adjusted_rand", "adj. Rand"],
];
const BETTER_HIGH = ["silhouette", "dbcv", "purity", "adjusted_rand"];

/**
 * The table of the runs, the best figure of a column in bold.
 * @param {Run[]} table
 * @param {string} opened
 * @param {RunActions} on
 */
export function runTable(table, opened, on) {
  const best = Object.fromEntries(
    BETTER_HIGH.map((key) => [key, Math.max(...table.map((run) => run[key] ?? -Infinity))]),
  );
  /** @param {number | null} value */
  const figure = (value) =>
    value == null ? "n/a" : Number.isInteger(value) ? number(value) : value.toFixed(2);
  /** @param {Run} run @param {string[]} column */
  const cell = (run, [key, label]) =>
    h(
      "td",
      {
        "data-label": label,
        class: table.length > 1 && run[key] != null && run[key] === best[key] ? "wb-best" : null,
      },
      figure(run[key]),
    );
  /** @param {Run} run */
  const row = (run) =>
    h(
      "tr",
      { "aria-selected": String(run.name === opened), "data-run": run.name },
      h(
        "td",
        {},
        h(
          "button",
          { class: "wb-link", title: `${run.parameters}. Open it`, onclick: () => on.open(run.name) },
          run.name,
        ),
        run.note ? h("div", { class: "wb-quiet" }, run.note) : null,
      ),
      ...COLUMNS.map((column) => cell(run, column)),
      h(
        "td",
        {},
        h(
          "div",
          { class: "wb-group" },
          h("button", { title: "Colour the map by this run", onclick: () => on.colour(run.name) }, "Colour"),
          h(
            "button",
            {
              title: "Give it another name",
              "aria-label": `Rename ${run.name}`,
              onclick: () => on.rename(run.name),
            },
            "✎",
          ),
          h(
            "button",
            {
              title: "Delete this run",
              "aria-label": `Delete ${run.name}`,
              onclick: () => on.remove(run.name),
            },
            "✕",
          ),
        ),
      ),
    );
  return h(
    "table",
    {},
    h("tr", {}, h("th", {}, "run"), ...COLUMNS.map(([, text]) => h("th", {}, text)), h("th", {})),
    ...table.map(row),
  );
}

/**
 * A line of thumbnails that look at their image when clicked.
 * @param {import("./types.js").Ask} ask
 * @param {string} title
 * @param {number[]} rows
 */
export function thumbnailStrip(ask, title, rows) {
  const pictures = rows.map((row) =>
    h("img", {
      alt: `image ${row}`,
      tabindex: "0",
      role: "button",
      onclick: () => ask("focus", { row }),
      onkeydown: (event) => {
        if (event.key === "Enter") ask("focus", { row });
      },
    }),
  );
  ask("thumbnails", { rows }).then(([, buffers]) => {
    showPictures(pictures, buffers);
  });
  return h(
    "div",
    { class: "wb-strip" },
    h("span", { class: "wb-quiet" }, title),
    ...pictures,
    rows.length ? null : h("span", { class: "wb-quiet" }, "none but those above"),
  );
}
