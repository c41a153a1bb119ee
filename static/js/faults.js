// A form that came back: what is to be mended takes the focus, and its links lead into the field itself.
// Without it the browser does the first by `autofocus` and the second by the link.
"use strict";

for (const faults of document.querySelectorAll(".faults")) {
  faults.focus();
  faults.addEventListener("click", (event) => {
    const field = event.target.closest("a") && document.getElementById(event.target.closest("a").hash.slice(1));
    if (!field) return;
    event.preventDefault();
    const folded = field.closest("details:not([open])");
    if (folded) folded.open = true;
    field.scrollIntoView({ block: "center" });
    field.focus({ preventScroll: true });
  });
}
