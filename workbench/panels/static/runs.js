// Runs: the form of a run, the curve to choose eps from, the table that compares them, and a look into one.

const METHODS = { hdbscan: "HDBSCAN", dbscan: "DBSCAN", agglomerative: "Agglomerative" };
const SPACES = { reduced: "five dimensions (UMAP)", vectors: "the vectors" };

function render({ model, el }) {
  const ask = asker(model);
  let method = model.get("method"), naming = "";
  const methods = h("div", { class: "wb-group", role: "group", "aria-label": "Method" });
  const space = h("select", { "aria-label": "Space", title: "Where distances are measured" }, ...model.get("spaces").map((name) => h("option", { value: name }, SPACES[name] ?? name)));
  const inputs = h("span", { class: "wb-row" });
  const name = h("input", { class: "wb-name-box", placeholder: "Name (if you like)", "aria-label": "Name of the run", maxlength: 120 });
  const curve = h("div", { class: "wb-curve-place" });
  const form = h("form", { class: "wb-form", "aria-label": "A run of clustering" });
  const against = h("select", { "aria-label": "Compare with", onchange: () => ask("compare", { against: against.value }) },
    ...[["folder", "folders"], ["tag", "tags"], ["identity", "identities"]].map(([value, text]) => h("option", { value }, text)));
  const compared = h("div", { class: "wb-runs-table" });
  const inside = h("div", { class: "wb-runs-inside" });
  const fields = () => model.get("fields")[method] ?? [];
  const eps = () => Number(form.elements.eps?.value || 0);

  function drawForm() {
    const kept = Object.fromEntries([...inputs.querySelectorAll("input")].map((input) => [input.name, input.value]));
    methods.replaceChildren(...Object.entries(METHODS).map(([key, text]) =>
      h("button", { type: "button", "aria-pressed": String(key === method), onclick: () => { method = key; drawForm(); } }, text)));
    inputs.replaceChildren(...fields().map((field) => h("label", { title: field.hint }, field.label, h("input", {
      name: field.name, type: "number", class: "wb-number", step: "any", value: kept[field.name] ?? field.default, placeholder: field.default == null ? "auto" : null,
      oninput: field.name === "eps" ? drawCurve : null,
    }))), method === "dbscan" ? h("button", { type: "button", title: "Distances to the last of these neighbours, sorted: noise begins where they bend", onclick: distances }, "Choose eps…") : "");
    drawCurve();
  }

  function distances() {
    ask("distances", { k: Math.max(1, Math.round(Number(form.elements.min_samples.value) || 5)), space: space.value });
  }

  function drawCurve() {
    const c = model.get("curve"), shown = method === "dbscan" && c.of > 0;
    curve.hidden = !shown;
    if (!shown) return;
    curve.replaceChildren(distanceCurve(c, eps(), (value) => { form.elements.eps.value = value; drawCurve(); }),
      h("p", { class: "wb-quiet" }, `How far each of ${c.of.toLocaleString("en")} samples is from its neighbour number ${c.k} in ${SPACES[c.space] ?? c.space}. Click to choose eps; noise begins where the curve bends up.`));
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const settings = Object.fromEntries(fields().map((field) => [field.name, form.elements[field.name].value === "" ? null : Number(form.elements[field.name].value)]));
    ask("run", { method, name: name.value, space: space.value, settings });
    name.value = ""; // the next run of the same name would take the place of this one
  });

  const on = {
    open: (run) => ask("open", { name: run }),
    colour: (run) => ask("colour", { name: run }),
    remove: (run) => ask("remove", { name: run }),
    rename: (run) => { naming = run; drawTable(); compared.querySelector("input").focus(); },
  };

  function drawTable() {
    const table = model.get("table");
    against.value = model.get("against");
    const box = h("input", { class: "wb-name-box", value: naming, "aria-label": "New name", maxlength: 120 });
    const renaming = h("form", { class: "wb-row" }, `Call “${naming}”`, box, h("button", { type: "submit" }, "Rename"), h("button", { type: "button", onclick: () => { naming = ""; drawTable(); } }, "Leave it"));
    renaming.addEventListener("submit", (event) => { event.preventDefault(); ask("rename", { name: naming, to: box.value }); naming = ""; });
    compared.replaceChildren(...(table.length
      ? [h("div", { class: "wb-row" }, "Purity and adjusted Rand against", against), h("div", { class: "wb-table" }, runTable(table, model.get("opened"), on)), ...(naming ? [renaming] : [])]
      : [h("p", { class: "wb-quiet" }, "No runs yet. Choose a method and press Run; each run is kept with its parameters.")]));
  }

  function drawInside() {
    const opened = model.get("opened"), clusters = model.get("clusters"), now = clusters.find(({ cluster }) => cluster === model.get("cluster"));
    inside.hidden = !opened;
    if (!opened) return;
    const chip = ({ cluster, name: text, count }) => h("button", { class: "wb-chip-button", "aria-pressed": String(cluster === model.get("cluster")), onclick: () => ask("look", { cluster }) }, text, h("span", { class: "wb-quiet" }, count.toLocaleString("en")));
    const beyond = model.get("beyond");
    inside.replaceChildren(h("strong", {}, opened),
      clusters.length ? h("div", { class: "wb-chips" }, ...clusters.map(chip), beyond ? h("span", { class: "wb-quiet" }, `and ${beyond} more`) : "") : h("p", { class: "wb-quiet" }, "This run made no cluster."),
      h("div", { class: "wb-row" }, now ? h("button", { onclick: () => ask("select", { cluster: now.cluster }) }, `Select the ${now.count.toLocaleString("en")} of “${now.name}”`) : "",
        h("button", { onclick: () => ask("select", { cluster: -1 }) }, "Select what is in none")),
      ...(now ? [thumbnailStrip(ask, "typical", model.get("typical")), thumbnailStrip(ask, "odd", model.get("odd"))] : []));
  }

  const fold = h("details", { open: model.get("unfolded") }, h("summary", {}, "Cluster runs ", h("span", { class: "wb-quiet wb-light" }, "Group the collection in several ways, and see which to believe")),
    h("div", { class: "wb-runs-in" }, form, working(model, ask), compared, inside, status(model)));
  fold.addEventListener("toggle", () => { if (fold.open !== model.get("unfolded")) ask("unfold", { unfolded: fold.open }); });
  form.append(h("div", { class: "wb-row" }, methods, "on", space, h("span", { class: "wb-space" }), name, h("button", { type: "submit", class: "wb-main" }, "Run")), inputs, curve);
  model.on("change:unfolded", () => { fold.open = model.get("unfolded"); });
  model.on("change:method", () => { method = model.get("method"); drawForm(); });
  model.on("change:curve", drawCurve);
  model.on("change:table change:opened change:against", drawTable);
  model.on("change:opened change:clusters change:cluster change:typical change:odd", drawInside);
  el.classList.add("wb-panel", "wb-runs");
  keepKeys(el);
  el.append(fold);
  drawForm();
  drawTable();
  drawInside();
}

export default { render };
