// Lets files be dropped on a file input's own row, adds them to those chosen before, and says what was chosen.
// Without it the input is a plain one: nothing is lost but the dropping.
"use strict";

const MOST = 20; // settings.DATA_UPLOAD_MAX_NUMBER_FILES

function said(input) {
  const files = [...input.files];
  const line = input.closest(".drop").querySelector(".chosen");
  const tooLarge = files.filter((file) => file.size > Number(input.dataset.maxBytes)).map((file) => file.name);
  const parts = files.length ? [`已选 ${files.length} 个：${files.map((file) => file.name).join("、")}。`] : [];
  if (files.length > MOST) parts.push(`一次最多 ${MOST} 个，请分几次传。`);
  if (tooLarge.length) parts.push(`太大，传不了：${tooLarge.join("、")}。`);
  line.textContent = parts.join(" ");
  line.hidden = !files.length;
}

function add(input, files) {
  const all = new DataTransfer();
  const known = new Set();
  for (const file of [...input.files, ...files]) {
    const key = `${file.name} ${file.size} ${file.lastModified}`;
    if (!known.has(key)) all.items.add(file);
    known.add(key);
  }
  input.files = all.files;
  said(input);
}

for (const area of document.querySelectorAll(".drop")) {
  const input = area.querySelector("input[type=file]");
  area.classList.add("drop-ready");
  input.addEventListener("change", () => said(input));
  for (const name of ["dragenter", "dragover"]) {
    area.addEventListener(name, (event) => { event.preventDefault(); area.classList.add("drop-over"); });
  }
  area.addEventListener("dragleave", (event) => {
    if (!area.contains(event.relatedTarget)) area.classList.remove("drop-over");
  });
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    area.classList.remove("drop-over");
    add(input, event.dataTransfer.files);
  });
}

// a photo that misses the area must not take the page away with all that was typed
for (const name of ["dragover", "drop"]) {
  window.addEventListener(name, (event) => { if (!event.target.closest("input")) event.preventDefault(); });
}
