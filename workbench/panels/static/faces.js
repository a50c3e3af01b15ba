// @ts-check
// Faces: the toolbar, the cards, and one pane beside them. Ctrl+Z undoes everything that is done here.

import { chooser } from "./choose.js";
import { around, button, debounced, focusOn, h, setText, visible } from "./dom.js";
import { cropper, NOBODY } from "./face_parts.js";
import { number, plural } from "./format.js";
import { consume } from "./jupyterlab.js";
import { asker, fill, setter, status } from "./panel.js";
import { people, renamer } from "./people.js";
import { history, review } from "./review.js";
import { halves, strip, suggestions } from "./strip.js";

const TYPING_MILLISECONDS = 150;

/**
 * The tabs, the search for names and the history, and the line that says what was done.
 * @param {import("./types.js").Model} model
 * @param {import("./face_parts.js").Go} go
 */
function toolbar(model, go) {
  const set = setter(model);
  const counts = () => model.get("counts");
  const tabs = h("div", {
    class: "wb-group",
    role: "tablist",
    "aria-label": "What is shown beside the people",
  });
  const find = h("input", {
    type: "search",
    class: "wb-find",
    placeholder: "Find a name",
    "aria-label": "Find a name",
  });
  /** @type {HTMLSelectElement} */
  const which = h(
    "select",
    { "aria-label": "Which people", onchange: () => set("which", which.value) },
    h("option", { value: "all" }, "All"),
    h("option", { value: "named" }, "Named"),
    h("option", { value: "unnamed" }, "Not named"),
  );
  const undo = h("button", { onclick: () => go("undo"), title: "Undo (Ctrl+Z)" }, "↶ Undo");
  const redo = h(
    "button",
    { onclick: () => go("redo"), title: "Redo (Ctrl+Shift+Z)", "aria-label": "Redo" },
    "↷",
  );
  const note = h("div", { class: "wb-note", role: "status" });
  find.addEventListener(
    "input",
    debounced(() => set("find", find.value), TYPING_MILLISECONDS),
  );

  const panes = {
    "": ["People", "people", "Only the cards"],
    alone: ["Alone", "alone", "Faces that resemble no other face"],
    review: ["Review", "", "Faces to check again"],
    aside: ["Set aside", "aside", "Marked as no face, or as unknown"],
    selected: ["Selected", "selected", "Faces selected by the lasso"],
  };
  const tabOf = Object.fromEntries(
    Object.entries(panes).map(([key, [, , title]]) => [
      key,
      h("button", { role: "tab", "data-pane": key, title, onclick: () => go("show", { pane: key }) }),
    ]),
  );
  tabs.append(...Object.values(tabOf));

  function drawBar() {
    const c = counts();
    const pane = model.get("pane");
    for (const [key, [text, count]] of Object.entries(panes)) {
      setText(tabOf[key], count ? `${text} ${number(c[count])}` : text);
      tabOf[key].setAttribute(
        "aria-selected",
        String(pane === key || (key === "" && (pane === "identity" || pane === "split"))),
      );
    }
    tabOf.selected.hidden = !c.selected;
    undo.disabled = !c.undo;
    redo.disabled = !c.redo;
  }

  function drawNote() {
    const {
      text = counts().people
        ? "Click a card to open it, or its name to rename it; drop one card on another to merge them."
        : "",
      merge = [],
    } = model.get("note");
    note.replaceChildren(
      visible(text),
      merge.length
        ? h(
            "button",
            { onclick: () => go("merge", { identities: merge }) },
            `Merge with the other${merge.length > 2 ? "s" : ""} of that name`,
          )
        : "",
    );
  }

  const node = h(
    "div",
    { class: "wb-row" },
    tabs,
    h("span", { class: "wb-space" }),
    find,
    which,
    h(
      "div",
      { class: "wb-group" },
      undo,
      redo,
      h(
        "button",
        {
          title: "History of decisions",
          "aria-label": "History",
          onclick: () => go("show", { pane: "history" }),
        },
        "≡",
      ),
    ),
  );
  return { node, note, draw: drawBar, drawNote };
}

/** @param {import("./types.js").View} view */
function render({ model, el }) {
  const ask = asker(model);
  /** @type {import("./face_parts.js").Go} */
  const go = (verb, data = {}) => ask("do", { verb, ...data });
  const crop = cropper(ask);
  const set = setter(model);
  const counts = () => model.get("counts");
  const leave = async () => {
    await go("show", { pane: model.get("pane") === "split" ? "identity" : "" });
    focusOn(el.querySelector('.wb-person[tabindex="0"]'));
  };
  /** @type {import("./face_parts.js").Move} */
  const move = (identity, rows, name) => go("move", { identity, rows, name });

  const bar = toolbar(model, go);

  // -- the pane
  const tools = h("div", { class: "wb-row wb-tools" });
  const head = h("div", { class: "wb-row wb-head" });
  const cards = people({ model, ask, go, crop, move });
  const choose = chooser({
    ask,
    crop,
    open: () => model.get("opened"),
    choose: (identity, name) => move(identity, null, identity ? "" : name),
  });
  /** @type {Record<string, { node: HTMLElement, restart: (fromTop?: boolean) => unknown }>} */
  const parts = {
    strip: strip({ model, ask, go, crop, leave }),
    split: halves({ model, ask, go, crop, leave }),
    review: review({
      ask,
      go,
      crop,
      leave,
      look: (/** @type {string} */ identity) => go("look", { identity }),
    }),
    history: history({ ask }),
  };
  const more = suggestions({ model, ask, go, crop });
  const right = h(
    "div",
    { class: "wb-right", role: "region", "aria-label": "Faces" },
    head,
    tools,
    ...Object.values(parts).map((part) => part.node),
    more.node,
  );
  /** @returns {HTMLElement | null} the button that renames the person */
  const title = () => head.querySelector(".wb-title");
  const part = () => parts[model.get("pane")] ?? parts.strip;
  /** @type {(text: string, title: string, on: () => unknown) => HTMLButtonElement} */
  const act = (text, title, on) => button(text, title, on);
  const tickAll = () => go("tick_all", { on: counts().ticked < counts().shown });
  const turn = () => set("odd_first", !model.get("odd_first"));
  /** @type {Record<string, HTMLButtonElement>} */
  const buttons = {
    all: act("", "Tick all faces, or none (A)", tickAll),
    noface: act("Not a face", "Set aside: this shows no face (X)", () =>
      go("set_aside", { state: "not a face" }),
    ),
    unknown: act("Unknown", "Set aside: it is unknown who this is (U)", () =>
      go("set_aside", { state: "unknown" }),
    ),
    release: act("Put back", "Take back the decision about these faces (B)", () => go("release")),
    split: act("Split …", "Are these two people? Check a proposed split (S)", () => go("propose_split")),
    odd: act("Odd first", "The least typical faces first (O)", turn),
  };
  /** @type {Record<string, string[]>} which buttons a pane has */
  const uses = {
    identity: ["all", "noface", "unknown", "split", "odd"],
    alone: ["all", "noface", "unknown"],
    aside: ["all", "release"],
    selected: ["all", "noface", "unknown"],
  };
  const some = h("span", { class: "wb-quiet" });
  tools.append(
    buttons.all,
    choose.node,
    buttons.noface,
    buttons.unknown,
    buttons.release,
    buttons.split,
    buttons.odd,
    some,
  );

  function drawHead() {
    const pane = model.get("pane");
    const person = model.get("person");
    const c = counts();
    const title = h("button", { class: "wb-title", title: "Rename (R)" }, person.name || NOBODY);
    title.addEventListener("click", () =>
      renamer(
        title,
        person.name ?? "",
        (text) => text !== null && go("name", { identity: person.identity, name: text }),
      ),
    );
    /** @type {Record<string, string>} */
    const texts = {
      alone: "Faces that resemble no other face",
      aside: "Set aside: no face, or unknown",
      selected: "Selected faces",
      review: "Faces to check again",
      history: "Decisions",
    };
    const facts =
      pane === "identity" || pane === "split"
        ? `${plural(person.faces, "face")} in ${plural(person.images, "image")}`
        : pane in { alone: 1, aside: 1, selected: 1 }
          ? plural(c.shown, "face")
          : "";
    if (!head.querySelector("input.wb-rename"))
      head.replaceChildren(
        ...(person.identity && (pane === "identity" || pane === "split")
          ? [h("i", { style: `background:${person.colour}` }), title]
          : [h("b", {}, texts[pane] ?? "")]),
        h("span", { class: "wb-quiet" }, facts),
        h("span", { class: "wb-space" }),
        h(
          "button",
          { class: "wb-close", title: "Close (Escape)", "aria-label": "Close", onclick: leave },
          "×",
        ),
      );
    tools.hidden = !uses[pane];
    if (!tools.hidden) drawTools(pane, c);
  }

  /** @param {string} pane @param {any} c */
  function drawTools(pane, c) {
    const all = c.ticked < c.shown;
    setText(buttons.all, all ? "Tick all" : "Tick none");
    for (const [name, button] of Object.entries(buttons)) {
      button.hidden = !uses[pane].includes(name);
      button.disabled = ["noface", "unknown", "release"].includes(name) && !c.ticked;
    }
    buttons.odd.setAttribute("aria-pressed", String(model.get("odd_first")));
    choose.node.hidden = pane === "aside";
    choose.input.disabled = !c.ticked;
    setText(some, c.ticked ? `${number(c.ticked)} ticked` : "");
  }

  let drawn = "";
  function drawPane() {
    const pane = model.get("pane");
    const now = `${pane} ${model.get("opened")}`;
    el.classList.toggle("wb-with-pane", pane !== "");
    right.hidden = pane === "";
    for (const [name, it] of Object.entries(parts))
      it.node.hidden = it !== part() || (name === "strip" && pane === "");
    drawHead();
    if (pane) part().restart(now !== drawn);
    more.restart();
    drawn = now;
  }

  // -- keys that work everywhere in the panel
  /** @type {Record<string, string>} */
  const keys = { a: "all", x: "noface", u: "unknown", b: "release", s: "split", o: "odd" };
  /** @param {string} key */
  const press = (key) => {
    if (key === "v") choose.input.focus();
    else if (key === "r") title()?.click();
    else buttons[keys[key]]?.click();
  };
  /** @param {string} key */
  const takes = (key) =>
    key === "r"
      ? Boolean(head.querySelector(".wb-title"))
      : !tools.hidden && (key === "v" ? !choose.input.disabled : uses[model.get("pane")].includes(keys[key]));
  el.addEventListener("keydown", (event) => {
    if (around(event, "input, textarea, select")) return;
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && (key === "z" || key === "y"))
      go(key === "y" || event.shiftKey ? "redo" : "undo");
    else if (event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === "Escape" && model.get("pane")) leave();
    else if (right.contains(/** @type {Node} */ (event.target)) && takes(key)) press(key);
    else return;
    consume(event);
  });

  model.on("change:version", () => {
    cards.restart();
    drawPane();
    bar.draw();
  });
  model.on("change:counts change:pane", () => {
    bar.draw();
    drawHead();
  });
  model.on("change:person", drawHead);
  model.on("change:note", bar.drawNote);
  model.on("change:find change:which", () => cards.restart(true));
  fill(
    el,
    "wb-facespanel",
    bar.node,
    h("div", { class: "wb-row wb-line" }, status(model), bar.note),
    h("div", { class: "wb-two" }, cards.node, right),
  );
  bar.draw();
  bar.drawNote();
  cards.restart(true);
  drawPane();
}

export default { render };
