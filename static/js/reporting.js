// A 报送任务's table or one row of it: what two people wrote into one cell, rows without change folded, ways to what is
// wrong. Keeping drafts is keep.js's; moving by keyboard and pasting is reporting_keys.js's.
"use strict";

(() => {
  const form = document.getElementById("report-form");
  if (!form) return;

  const cellOf = (name) => form.elements[name];
  const first = (cell) => (cell instanceof RadioNodeList ? cell[0] : cell);

  // --- two people in one cell: both texts stand there until one is chosen
  function seen(name, mark) { // from now on the page knows their text: what differs from it is meant
    const [row, key] = name.split(/-(.*)/);
    const drawn = form.elements[`${row}-drawn`];
    drawn.value = [...drawn.value.split(" ").filter((each) => each && !each.startsWith(`${key}.`)), mark || ""].join(" ").trim();
  }
  function words(cell, value) {
    const option = cell.options && [...cell.options].find((each) => each.value === value);
    return (option ? option.text : value) || "空着";
  }
  function put(name, value) {
    const cell = cellOf(name);
    if (cell.type === "checkbox") cell.checked = Boolean(value);
    else cell.value = value;
    first(cell).dispatchEvent(new Event("input", { bubbles: true }));
    first(cell).dispatchEvent(new Event("change", { bubbles: true }));
  }
  function button(text, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }
  function ask(name, { theirs, mark }) {
    const cell = cellOf(name);
    if (!cell) return;
    const old = document.getElementById(`${name}-both`);
    if (old) old.remove();
    const note = document.createElement("div");
    note.id = `${name}-both`;
    note.className = "report-note report-both";
    const head = document.createElement("strong");
    head.textContent = "别人刚写的";
    const done = (isTheirs) => {
      if (isTheirs) put(name, theirs);
      if (mark !== undefined) seen(name, mark);
      note.remove();
      first(cell).focus();
    };
    note.append(head, `　${words(cell, theirs)}`, button("用别人的", () => done(true)), button("留我写的", () => done(false)));
    const place = document.getElementById(`${name}-said`);
    if (place) place.prepend(note);
    else first(cell).closest("label, p, td, th, div").after(note);
  }
  form.addEventListener("autosaved", (event) => {
    for (const [name, both] of Object.entries(event.detail.both)) ask(name, both);
  });

  // --- 本期无变化 folds its row
  function fold(box) {
    const row = box.closest("[data-row]");
    if (!row) return;
    for (const part of row.querySelectorAll("[data-part]")) part.hidden = box.checked;
    row.querySelector(".report-folded").hidden = !box.checked;
    const reason = row.querySelector("[data-nil-reason]"); // asked where the row is red
    if (reason) reason.hidden = !box.checked && !reason.querySelector("textarea").value && !reason.querySelector(".report-wrong");
  }
  for (const box of form.querySelectorAll("[data-nil]")) {
    box.addEventListener("change", () => fold(box));
    fold(box);
  }

  // --- from the foot to what is wrong
  for (const way of form.querySelectorAll(".report-faults a")) {
    way.addEventListener("click", (event) => {
      const place = document.getElementById(way.hash.slice(1));
      if (!place) return;
      const folded = place.closest("details:not([open])");
      if (folded) folded.open = true;
      const target = place.matches("input, select, textarea") ? place : place.querySelector("[data-cell]");
      if (!target) return;
      event.preventDefault();
      target.focus();
    });
  }
})();
