// Opens the <details> an address names (/about/#done). Without it the reader stands before its summary.
"use strict";

function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) {
    target.open = true;
  }
}

window.addEventListener("hashchange", openTarget);
openTarget();
