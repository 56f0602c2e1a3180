// What ipywidgets inside JupyterLab lack for somebody without a mouse or without sight.
const CONTROLS = "input, select, button, textarea, [tabindex], [contenteditable], .noUi-handle";

function mend(root) {
  const each = (selector, change) => root.querySelectorAll(selector).forEach(change);
  const words = (part) => part?.textContent || "";
  // JupyterLab takes arrow keys for itself unless the control itself says otherwise.
  each(CONTROLS, (control) => { control.dataset.lmSuppressShortcuts = "true"; });
  // Arrow keys move between radio buttons only when these share a name.
  each(".widget-radio-box", (box) => {
    box.dataset.group ||= `kit-${Math.random().toString(36).slice(2)}`;   // one name a group
    box.querySelectorAll("input").forEach((input) => { input.name = box.dataset.group; });
  });
  // A slider says its label and its value, not the place of the value in the list.
  each(".widget-slider", (slider) => slider.querySelectorAll(".noUi-handle").forEach((handle) => {
    handle.setAttribute("aria-label", words(slider.querySelector(".widget-label")));
    handle.setAttribute("aria-valuetext", words(slider.querySelector(".widget-readout")));
  }));
  each(".widget-toggle-buttons", (group) => {
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", words(group.querySelector(".widget-label")));
  });
  each(".widget-toggle-button", (button) => {
    button.setAttribute("aria-pressed", button.classList.contains("mod-active"));
  });
  each("[title=null]", (label) => label.removeAttribute("title"));
  each("textarea[title]", (box) => box.setAttribute("aria-label", box.title));
}

async function render({ el }) {
  while (!el.parentElement) await new Promise((next) => requestAnimationFrame(next));
  const root = el.parentElement;
  mend(root);
  const watch = new MutationObserver(() => mend(root));
  watch.observe(root, { childList: true, subtree: true, attributeFilter: ["class"] });
  return () => watch.disconnect();
}
export default { render };
