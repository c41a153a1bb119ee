// 马上记一条: the cursor stands in it at a desk, and what was said last of the chosen project below the choice.
"use strict";

const project = document.querySelector("[data-quick-project]");

if (project) {
  const told = document.querySelector("[data-quick-last]");
  const usual = told.textContent;
  const tell = () => { told.textContent = project.selectedOptions[0].dataset.last || usual; };
  project.addEventListener("change", tell);
  tell();
  const text = document.querySelector("[data-quick-text]");
  const atDesk = matchMedia("(pointer: fine) and (min-width: 1024px)").matches;
  if (atDesk && document.activeElement === document.body && !location.hash) text.focus({ preventScroll: true });
}
