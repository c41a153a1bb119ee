// "/" goes to the search of the page, or to that in the head, Esc leaves it to where one was. Not while something is being typed.
"use strict";

// the page's own before the one in the head
const box = document.querySelector("#searchbar, main form[role=search] input") || document.querySelector("#desk-q");

if (box) {
  let before = null;
  box.setAttribute("aria-keyshortcuts", "/");
  if (matchMedia("(pointer: fine)").matches) box.placeholder = `${box.placeholder}（按 / 到这里）`.replace(/^（(.*)）$/, "$1");

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable], .select2-container");
    const plain = !(event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.isComposing);
    // a Chinese input method says "、" or "Process" for the same key
    const slash = event.key === "/" || event.code === "Slash";
    if (slash && plain && !typing) {
      event.preventDefault();
      before = document.activeElement;
      box.focus();
      box.select();
    } else if (event.key === "Escape" && event.target === box && !event.isComposing) {
      box.blur();
      if (before && before !== document.body) before.focus();
    }
  });
}
