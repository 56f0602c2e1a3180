// Draws what Python sends and reads the sentence out; holds no knowledge of any figure.
const library = () => globalThis.kitVegaEmbed
  ? Promise.resolve(globalThis.kitVegaEmbed)
  : new Promise((ready) => (globalThis.kitVegaWaiting ||= []).push(ready));
const frame = () => new Promise((next) => requestAnimationFrame(next));

const opened = (column) => column.of ? column.at.map((i) => column.of[i]) : column;

const rowsOf = (names, columns) => (columns[names[0]] || []).map((_, i) =>
  Object.fromEntries(names.map((name) => [name, columns[name][i]])));

const together = (sentence) =>   // a number stays on one line with its unit
  sentence.replace(/(\d) (%|million|billion)/g, "$1\u00a0$2");

// What Tab would reach first; of radio buttons that is the chosen one.
const firstControl = (figure) => figure && [...figure.querySelectorAll(
  ".kit-controls :is(input, select, textarea, button, [tabindex='0'])")].find((control) =>
  control.getClientRects().length && !control.disabled &&
  (control.type !== "radio" || control.checked));

function fill(spec, shapes) {   // named maps become their outlines
  if (Array.isArray(spec)) return spec.map((part) => fill(part, shapes));
  if (!spec || typeof spec !== "object") return spec;
  if (spec.format?.type === "topojson" && shapes[spec.name])
    return { values: shapes[spec.name], format: spec.format };
  return Object.fromEntries(Object.entries(spec).map(([key, part]) => [key, fill(part, shapes)]));
}

function render({ model, el }) {
  const host = document.createElement("div"), live = document.createElement("p");
  host.className = "kit-chart"; live.className = "kit-sentence";
  live.setAttribute("aria-live", "polite"); live.tabIndex = -1;
  el.append(host, live);
  const columns = {}, shapes = {};   // Python knows what is here and sends no more than that
  let view, name = "", names = "", look, width = 0, queue = Promise.resolve();

  async function draw(message) {
    for (const name in message.columns) columns[name] = opened(message.columns[name]);
    Object.assign(shapes, message.shapes);
    look = message.look || look;
    host.hidden = Boolean(message.empty) || !(message.spec || view);
    const other = message.columns || String(message.names) !== names;
    names = String(message.names ?? names);
    if (message.spec) {
      const embed = await library();
      while (!host.hidden && !host.clientWidth && el.isConnected) await frame();
      view?.finalize(); view = undefined; width = host.clientWidth; name = message.spec.description;
      const spec = { ...fill(message.spec, shapes), config: look };
      spec.datasets = { rows: rowsOf(message.names, columns) };
      spec.params = [...(spec.params || []), { name: "kit_title", value: message.title }];
      ({ view } = await embed(host, spec, { actions: false, renderer: "svg" }));
      follow();
    } else if (message.names && other && view) {
      const rows = rowsOf(message.names, columns);
      const words = Object.values(message.columns || {})
        .some((column) => opened(column).some((value) => typeof value === "string"));
      // Words that stay would keep their former place on an axis, so they go for a moment.
      if (words || rows.length !== view.data("rows").length) await view.data("rows", []).runAsync();
      view.data("rows", rows);
    }
    if (view && message.names) view.signal("kit_title", message.title);
    if (view) { view.description(`${name}. ${message.sentence}`); await view.runAsync(); }
    live.textContent = together(message.sentence);
    if (message.focus) (firstControl(el.closest(".kit-figure")) || live).focus();
    el.dataset.drawn = message.turn;
  }
  const receive = (message) => {
    if (message.download) {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([message.download], { type: "text/csv" }));
      link.download = message.name; link.click();
    } else queue = queue.then(() => draw(message)).catch((problem) => {
      host.hidden = true; live.textContent = message.sentence; el.dataset.problem = problem;
    });
  };
  model.on("msg:custom", receive);
  function follow() {   // Vega looks at the width of its container when the window changes
    if (!view || !host.clientWidth || Math.abs(host.clientWidth - width) < 2) return;
    width = host.clientWidth;
    window.dispatchEvent(new Event("resize"));
  }
  const resize = new ResizeObserver(follow);
  resize.observe(host);
  model.send({ ask: "all" });
  return () => { resize.disconnect(); model.off("msg:custom", receive); view?.finalize(); };
}
export default { render };
