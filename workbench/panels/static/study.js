// @ts-check
// Study: four views of the whole collection; what they find is selected on the desk.

import { h, options, showPictures, svg } from "./dom.js";
import { number, percent } from "./format.js";
import { nodesOf } from "./lazy.js";
import { asker, fill, status } from "./panel.js";

/** @type {[string, string][]} */
const METRICS = [
  ["cosine", "cosine"],
  ["euclidean", "Euclidean"],
  ["manhattan", "Manhattan"],
];
/** @type {(label: string, choices: [string, string][]) => HTMLSelectElement} */
const choice = (label, choices) => h("select", { "aria-label": label }, ...options(choices));

/**
 * @param {{ inner: number[], inter: number[], edges: number[] }} s shares of pairs, and the range of their
 *   similarity
 */
function histogram(s) {
  const [width, height] = [560, 150];
  const top = Math.max(...s.inner, ...s.inter, 1e-9);
  const step = width / s.inner.length;
  /** @type {(shares: number[], kind: string) => SVGElement[]} */
  const bars = (shares, kind) =>
    shares.map((share, i) =>
      svg("rect", {
        x: (i * step).toFixed(1),
        y: (height * (1 - share / top)).toFixed(1),
        width: step.toFixed(1),
        height: ((height * share) / top).toFixed(1),
        class: kind,
      }),
    );
  const tick = (/** @type {number} */ i) =>
    svg(
      "text",
      {
        x: (i / 4) * width,
        y: height + 15,
        "text-anchor": ["start", "middle", "middle", "middle", "end"][i],
      },
      (s.edges[0] + (i / 4) * (s.edges[1] - s.edges[0])).toFixed(2),
    );
  return svg(
    "svg",
    {
      viewBox: `0 0 ${width} ${height + 20}`,
      role: "img",
      "aria-label": "Likeness of pairs within groups and across groups",
    },
    ...bars(s.inter, "wb-inter"),
    ...bars(s.inner, "wb-inner"),
    svg("line", { x1: 0, x2: width, y1: height, y2: height }),
    ...[0, 1, 2, 3, 4].map(tick),
  );
}

/** @typedef {import("./types.js").Ask} Ask */

/** @param {Ask} ask @param {number[]} rows @param {HTMLImageElement[]} nodes */
async function pictures(ask, rows, nodes) {
  const [, buffers] = await ask("thumbnails", { rows });
  showPictures(nodes, buffers);
}
const figure = (/** @type {number | null} */ value) => (value == null ? "–" : value.toFixed(2));

/** @param {any} s */
function likeness(s) {
  const table = h(
    "table",
    {},
    h("tr", {}, ...["group", "images", "inner", "inter"].map((name) => h("th", {}, name))),
    ...s.groups.map((/** @type {[string, number, number, number]} */ [name, n, inner, inter]) =>
      h(
        "tr",
        {},
        h("td", { title: name }, name),
        h("td", {}, number(n)),
        h("td", {}, figure(inner)),
        h("td", {}, figure(inter)),
      ),
    ),
  );
  const note =
    `In ${percent(s.separation)} of comparisons, a pair within a group is more alike than a pair across ` +
    "groups (50 %: the groups mean nothing).";
  const legend = h(
    "div",
    { class: "wb-row wb-quiet" },
    h("span", { class: "wb-key-inner" }),
    "pairs within a group",
    h("span", { class: "wb-key-inter" }),
    "pairs across groups",
  );
  return [
    h(
      "div",
      { class: "wb-two" },
      h("div", {}, histogram(s), legend, h("p", {}, note)),
      h(
        "div",
        { class: "wb-table" },
        table,
        s.of > s.groups.length
          ? h("p", { class: "wb-quiet" }, `The ${s.groups.length} largest of ${s.of} groups.`)
          : null,
      ),
    ),
  ];
}

/** @param {{ values: number[][], rows: number[], captions: string[] }} s @param {Ask} ask */
function captions(s, ask) {
  const all = s.values.flat();
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const cell = (/** @type {number} */ value) =>
    h(
      "td",
      {
        style: `--wb-share: ${(high > low ? (value - low) / (high - low) : 0.5).toFixed(3)}`,
        class: "wb-cell",
      },
      value.toFixed(2),
    );
  const heads = s.rows.map((row) =>
    h("img", { alt: `image ${row}`, tabindex: "0", onclick: () => ask("focus", { row }) }),
  );
  pictures(ask, s.rows, heads);
  return [
    h(
      "div",
      { class: "wb-table" },
      h(
        "table",
        { class: "wb-matrix" },
        h("tr", {}, h("th", {}), ...heads.map((head) => h("th", {}, head))),
        ...s.captions.map((text, p) =>
          h("tr", {}, h("th", { title: text }, text), ...s.rows.map((_, i) => cell(s.values[i][p]))),
        ),
      ),
    ),
  ];
}

/**
 * @param {{ of: number, near: number[], groups: { rows: number[], paths: string[], kind: string }[] }} s
 * @param {Ask} ask
 */
function duplicates(s, ask) {
  if (!s.of) return [h("p", { class: "wb-quiet" }, "There are no duplicates and no look-alikes.")];
  /** @type {[number, HTMLImageElement][]} */
  const nodes = [];
  const groups = s.groups.slice(0, 40).map((group) => {
    const images = group.rows.map((row) => {
      const img = h("img", { alt: group.paths[0], onclick: () => ask("focus", { row }) });
      nodes.push([row, img]);
      return img;
    });
    return h(
      "div",
      { class: "wb-pair" },
      ...images,
      h(
        "div",
        {},
        h("strong", {}, group.kind === "exact" ? "same bytes" : "looks the same"),
        ...group.paths.map((path) => h("div", { class: "wb-quiet" }, path)),
      ),
    );
  });
  pictures(
    ask,
    nodes.map(([row]) => row),
    nodes.map(([, img]) => img),
  );
  return [
    h(
      "div",
      { class: "wb-row" },
      `${number(s.of)} groups`,
      s.near.length
        ? h(
            "button",
            { onclick: () => ask("select", { issue: "near" }) },
            `Select the ${s.near.length} that look the same`,
          )
        : null,
    ),
    h("div", { class: "wb-pairs" }, ...groups),
  ];
}

/** @param {{ of: number, issues: { issue: string, images: number }[] }} s @param {Ask} ask */
function quality(s, ask) {
  if (!s.issues.length) return [h("p", { class: "wb-quiet" }, `No faults found in ${number(s.of)} images.`)];
  return [
    h("p", { class: "wb-quiet" }, "Click a fault to select its images."),
    h(
      "div",
      { class: "wb-row" },
      ...s.issues.map(({ issue, images }) =>
        h(
          "button",
          { onclick: () => ask("select", { issue }) },
          `${issue} `,
          h("strong", {}, number(images)),
        ),
      ),
    ),
  ];
}
/** @type {Record<string, (s: any, ask: Ask) => HTMLElement[]>} what is shown of each question */
const VIEWS = { likeness, captions, duplicates, quality };

/** @param {import("./types.js").View} view */
function render({ model, el }) {
  const ask = asker(model);
  const body = h("div", { class: "wb-study-body" });
  const by = choice("Groups", [
    ["cluster", "clusters"],
    ["folder", "folders"],
    ["tag", "tags"],
    ["identity", "identities"],
  ]);
  const metric = choice("Measure", METRICS);
  const phrases = h("textarea", {
    rows: 3,
    "aria-label": "Captions, one a line",
    placeholder: "Captions, one a line.\nEach is compared with the selected images, or else with the hits.",
  });
  const compare = h(
    "button",
    { onclick: () => ask("likeness", { by: by.value, metric: metric.value }) },
    "Compare",
  );
  const matrix = h(
    "button",
    { onclick: () => ask("captions", { phrases: phrases.value, metric: metric.value }) },
    "Compare",
  );
  /** @type {Record<string, HTMLElement>} */
  const bars = {
    likeness: h("div", { class: "wb-row" }, "Groups", by, "measured by", metric, compare),
    captions: h("div", { class: "wb-row" }, phrases, matrix),
  };
  let view = model.get("view").what ?? "likeness";
  const tabs = h(
    "div",
    { class: "wb-group", role: "tablist" },
    ...[
      ["likeness", "Groups"],
      ["captions", "Captions"],
      ["duplicates", "Duplicates"],
      ["quality", "Quality"],
    ].map(([name, text]) =>
      h(
        "button",
        {
          role: "tab",
          "data-view": name,
          onclick: () => {
            view = name;
            draw();
            if (!bars[name]) ask(name);
          },
        },
        text,
      ),
    ),
  );

  function draw() {
    const s = model.get("view");
    for (const tab of nodesOf(tabs)) tab.setAttribute("aria-selected", String(tab.dataset.view === view));
    for (const [name, bar] of Object.entries(bars)) bar.hidden = name !== view;
    bars[view]?.append(...(view === "likeness" ? [metric, compare] : [metric, matrix]));
    body.replaceChildren(...(s.what === view ? VIEWS[view](s, ask) : []));
  }
  function drawTraits() {
    by.value = model.get("by");
    metric.value = model.get("metric");
    if (model.get("phrases")) phrases.value = model.get("phrases");
  }
  model.on("change:view", () => {
    view = model.get("view").what ?? view;
    draw();
  });
  model.on("change:by change:metric change:phrases", drawTraits);
  fill(
    el,
    "wb-study",
    h(
      "details",
      {},
      h("summary", {}, "Study the collection"),
      h("div", { class: "wb-study-in" }, tabs, bars.likeness, bars.captions, body, status(model)),
    ),
  );
  drawTraits();
  draw();
}

export default { render };
