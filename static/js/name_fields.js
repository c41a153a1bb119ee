// Gives a name to the parts of the stock admin that have none for a screen reader:
// the autocompletes, their search boxes, and the bare columns and ticks of inline tables.
"use strict";

function nameFields() {
  for (const box of document.querySelectorAll(".select2-container")) {
    const select = box.previousElementSibling;
    const label = select && document.querySelector(`label[for="${select.id}"]`);
    const name = label ? label.textContent.trim().replace(/[:：]$/, "") : select && select.getAttribute("aria-label");
    if (!name) continue;
    for (const part of box.querySelectorAll("[role=combobox], [role=textbox], [role=searchbox]")) {
      if (part.getAttribute("aria-label") === name) continue;
      part.removeAttribute("aria-labelledby");
      part.setAttribute("aria-label", name);
    }
  }
  for (const head of document.querySelectorAll("th:empty")) head.textContent = "操作";
  for (const tick of document.querySelectorAll("input[name$=-DELETE]:not([aria-label])")) {
    tick.setAttribute("aria-label", "删除这一行");
  }
}

new MutationObserver(nameFields).observe(document.body, { childList: true, subtree: true });
nameFields();
