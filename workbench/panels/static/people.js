// @ts-check
// People: the cards of the identities. Click opens, the corner picks, the name is edited in place, a drop
// merges or moves.

import { around, h, part, setText } from "./dom.js";
import { drag, dropped, FACES, IDENTITY, NOBODY } from "./face_parts.js";
import { number, plural } from "./format.js";
import { consume } from "./jupyterlab.js";
import { lazyGrid, nodesOf, reach, walk } from "./lazy.js";

/**
 * An input in the place of a name.
 * @param {HTMLElement} place
 * @param {string} old
 * @param {(text: string | null, event?: KeyboardEvent) => unknown} done called once, when left; null: nothing
 *   is changed
 */
export function renamer(place, old, done) {
  const input = h("input", {
    class: "wb-rename",
    value: old,
    "aria-label": "Name",
    placeholder: "Name",
    maxlength: 200,
    spellcheck: "false",
  });
  let over = false;
  /** @param {string | null} text @param {KeyboardEvent} [event] */
  const finish = (text, event) => {
    if (over) return;
    over = true;
    input.replaceWith(place);
    done(text === old ? null : text, event);
  };
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter" || event.key === "Tab") {
      event.preventDefault();
      finish(input.value.trim(), event);
    } else if (event.key === "Escape") finish(null, event);
  });
  input.addEventListener("blur", () => finish(input.value.trim()));
  input.addEventListener("click", (event) => event.stopPropagation());
  place.replaceWith(input);
  input.focus();
  input.select();
}

/**
 * @param {object} panel
 * @param {import("./types.js").Model} panel.model
 * @param {import("./types.js").Ask} panel.ask
 * @param {import("./face_parts.js").Go} panel.go
 * @param {import("./face_parts.js").Crop} panel.crop
 * @param {import("./face_parts.js").Move} panel.move
 */
export function people({ model, ask, go, crop, move }) {
  const grid = h("div", { class: "wb-people", role: "group", "aria-label": "People" });
  const empty = h("div", { class: "wb-empty" });
  const scroller = h("div", { class: "wb-scroll", tabindex: "-1" }, empty, grid);
  const merge = h("button", { class: "wb-main", onclick: () => go("merge", { identities: [] }) });
  const picked = h("span");
  const picks = h(
    "div",
    { class: "wb-picks", role: "status" },
    picked,
    h("span", { class: "wb-space" }),
    merge,
    h("button", { onclick: () => go("unpick") }, "Clear"),
  );
  /** @param {HTMLElement} card */
  const pick = (card) =>
    go("pick", { identity: card.dataset.key, on: card.getAttribute("data-picked") !== "true" });
  /** @param {string | undefined} identity */
  const open = (identity) => go("look", { identity });

  /** @param {HTMLElement} card */
  function rename(card) {
    const place = part(card, ".wb-who");
    renamer(place, card.dataset.name ?? "", (text, event) => {
      if (text !== null) {
        go("name", { identity: card.dataset.key, name: text });
        setText(place, text || NOBODY);
      }
      list.edited();
      const step = event?.key !== "Tab" ? 0 : event.shiftKey ? -1 : 1;
      const cards = nodesOf(grid);
      const next = step ? cards[cards.indexOf(card) + step] : undefined;
      if (event) reach(grid, next ?? card);
      if (next) rename(next);
    });
  }

  /**
   * @param {{ identity: string, name: string, faces: number, images: number, rows: number[], colour: string
   *   }} item
   */
  function draw(item) {
    const named = item.name || NOBODY;
    const size = `${plural(item.faces, "face")} in ${plural(item.images, "image")}`;
    const words = `${item.name || "Person without a name"}, ${size}`;
    const who = h(
      "button",
      {
        class: `wb-who${item.name ? "" : " wb-quiet"}`,
        tabindex: "-1",
        title: "Rename (R)",
        "aria-label": `Rename ${words}`,
      },
      named,
    );
    const card = h(
      "div",
      {
        class: "wb-person",
        role: "button",
        tabindex: "-1",
        draggable: "true",
        "data-key": item.identity,
        "data-name": item.name,
        "aria-label": words,
        title: words,
        onclick: () => open(item.identity),
      },
      h(
        "div",
        { class: "wb-cover" },
        crop(item.rows[0], `Face of ${item.name || "this person"}`),
        h("span", { class: "wb-count" }, number(item.faces)),
      ),
      h("div", { class: "wb-others" }, ...item.rows.slice(1).map((row) => crop(row, ""))),
      h("div", { class: "wb-whose" }, h("i", { style: `background:${item.colour}` }), who),
      h("span", { class: "wb-lit", title: "Faces in the selected images" }),
      h("button", {
        class: "wb-check",
        tabindex: "-1",
        title: "Pick for a merge (Space)",
        "aria-label": `Pick ${words}`,
        onclick: (event) => {
          event.stopPropagation();
          pick(card);
        },
      }),
    );
    who.addEventListener("click", (event) => {
      event.stopPropagation();
      rename(card);
    });
    dragging(card);
    mark(card);
    return card;
  }

  /** @param {HTMLElement} card */
  function dragging(card) {
    const key = card.dataset.key ?? "";
    card.addEventListener("dragstart", (event) => {
      drag(event, IDENTITY, key);
    });
    card.addEventListener("dragover", (event) => {
      if (![IDENTITY, FACES].some((type) => event.dataTransfer?.types.includes(type))) return;
      event.preventDefault();
      card.classList.add("wb-over");
    });
    card.addEventListener("dragleave", (event) => {
      if (!card.contains(/** @type {Node | null} */ (event.relatedTarget))) card.classList.remove("wb-over");
    });
    card.addEventListener("drop", (event) => {
      consume(event);
      card.classList.remove("wb-over");
      const other = dropped(event, IDENTITY);
      const faces = dropped(event, FACES);
      if (other && other !== key) go("merge", { identities: [key, other] });
      else if (faces) move(key, JSON.parse(faces));
    });
  }

  /** @param {HTMLElement} card */
  function mark(card) {
    const key = card.dataset.key ?? "";
    const isOpen = key === model.get("opened");
    const lit = isOpen ? 0 : (model.get("lit")[key] ?? 0);
    const picked = model.get("picked").includes(card.dataset.key);
    card.setAttribute(
      "aria-current",
      String(card.dataset.key === model.get("opened") && ["identity", "split"].includes(model.get("pane"))),
    );
    card.dataset.picked = picked;
    part(card, ".wb-check").setAttribute("aria-pressed", String(picked));
    card.classList.toggle("wb-is-lit", lit > 0);
    setText(part(card, ".wb-lit"), lit > 0 ? number(lit) : "");
  }

  function drawMarks() {
    for (const card of nodesOf(grid)) mark(card);
    const count = model.get("picked").length;
    picks.hidden = !count;
    setText(picked, count > 1 ? `${count} picked` : "1 picked: pick another to merge");
    setText(merge, `Merge ${count} (M)`);
    merge.hidden = count < 2;
  }

  grid.addEventListener("keydown", (event) => {
    const card = around(event, ".wb-person");
    if (walk(event, grid)) {
      /* moved */
    } else if (!card || event.target !== card) return;
    else if (event.key === "Enter") open(card.dataset.key);
    else if (event.key === " ") pick(card);
    else if (event.key.toLowerCase() === "r" || event.key === "F2") rename(card);
    else if (event.key.toLowerCase() === "m" && model.get("picked").length > 1)
      go("merge", { identities: [] });
    else return;
    consume(event);
  });

  const list = lazyGrid({
    grid,
    scroller,
    draw,
    page: 24,
    load: async (start, count) => {
      const [answer] = await ask("cards", { start, count });
      const counts = model.get("counts");
      empty.hidden = answer.total !== 0;
      setText(
        empty,
        !counts.faces
          ? "No faces yet. Run case.ingest_faces(), then desk.update()."
          : !counts.people
            ? "Everybody here was seen only once. Open “Alone”, tick the faces of one person and move " +
              "them together."
            : "Nobody has this name.",
      );
      return answer;
    },
  });
  model.on("change:picked change:lit change:opened change:pane", drawMarks);
  model.on("change:opened", () =>
    grid.querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest" }),
  );
  drawMarks();
  return { node: h("div", { class: "wb-left" }, scroller, picks), restart: list.restart };
}
