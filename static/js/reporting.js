// A unit's table of a 报送任务: moving by keyboard, a block pasted from Excel, fill down, drafts kept while one types.
// Without it the table is a form with the same buttons.
"use strict";

const EVERY = 20000; // milliseconds between two savings of what is being typed
const form = document.getElementById("report-form");
const said = document.getElementById("report-kept");

function cellsOf(row) {
  return [...row.querySelectorAll("[data-cell]")];
}

function rowsOf() {
  return [...form.querySelectorAll("[data-row]")].filter((row) => cellsOf(row).length);
}

function placeOf(cell) {
  const row = cell.closest("[data-row]");
  if (!row) return null;
  const rows = rowsOf().filter((each) => each.parentElement === row.parentElement); // of the same table
  return { rows, row: rows.indexOf(row), column: cellsOf(row).indexOf(cell) };
}

function put(cell, text) {
  if (cell.tagName === "SELECT") {
    const wanted = [...cell.options].find((option) => option.textContent.trim() === text || option.value === text);
    if (!wanted && text) return false;
    cell.value = wanted ? wanted.value : "";
  } else {
    cell.value = text;
  }
  cell.classList.add("was-pasted");
  return true;
}

// Excel's block of cells: tabs between columns, quotes around what holds a line break
function blockOf(text) {
  const rows = [[""]];
  let quoted = false;
  const chars = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (let at = 0; at < chars.length; at += 1) {
    const char = chars[at];
    const row = rows[rows.length - 1];
    if (quoted && char === "\"" && chars[at + 1] === "\"") {
      row[row.length - 1] += "\"";
      at += 1;
    } else if (char === "\"" && (quoted || row[row.length - 1] === "")) {
      quoted = !quoted;
    } else if (char === "\t" && !quoted) {
      row.push("");
    } else if (char === "\n" && !quoted) {
      rows.push([""]);
    } else {
      row[row.length - 1] += char;
    }
  }
  return rows;
}

let undo = null;

function paste(event) {
  const text = event.clipboardData.getData("text/plain");
  const place = placeOf(event.target);
  if (!place || !/[\t\n]/.test(text.trim())) return;
  event.preventDefault();
  const block = blockOf(text);
  const before = [];
  const left = [];
  block.forEach((values, down) => {
    const row = place.rows[place.row + down];
    if (!row) left.push(values.join(" "));
    values.forEach((value, right) => {
      const cell = row && cellsOf(row)[place.column + right];
      if (!cell) return;
      before.push([cell, cell.value]);
      if (!put(cell, value.trim())) left.push(value.trim());
    });
  });
  undo = before;
  tell(`贴入 ${block.length} 行 × ${block[0].length} 列。${left.length ? `放不下的：${left.join("；")}。` : ""}`, true);
  changed();
}

function tell(text, mayUndo) {
  said.textContent = text;
  if (!mayUndo) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = "撤销";
  button.addEventListener("click", () => {
    for (const [cell, value] of undo) {
      cell.value = value;
      cell.classList.remove("was-pasted");
    }
    said.textContent = "撤销了。";
    changed();
  });
  said.append(" ", button);
}

function press(event) {
  const cell = event.target;
  const place = cell.matches("[data-cell]") && placeOf(cell);
  if (!place) return;
  if (event.key === "Enter" && event.ctrlKey) {
    event.preventDefault();
    const button = cell.closest("[data-row]").querySelector("button[value^='row:']");
    if (button) button.click();
  } else if (event.key === "Enter" && !event.shiftKey && !event.altKey && !event.isComposing) {
    const below = place.rows[place.row + 1];
    event.preventDefault();
    if (below) cellsOf(below)[place.column].focus();
  } else if (event.key.toLowerCase() === "d" && event.ctrlKey) {
    const above = place.rows[place.row - 1];
    event.preventDefault();
    if (above) {
      cell.value = cellsOf(above)[place.column].value;
      changed();
    }
  }
}

let isChanged = false;
let isSending = false;

function changed() {
  isChanged = true;
}

async function keep() {
  if (!isChanged || isSending) return;
  isSending = true;
  isChanged = false;
  try {
    const answer = await fetch(form.dataset.drafts, { method: "POST", body: new FormData(form) });
    if (!answer.ok || !(answer.headers.get("content-type") || "").startsWith("application/json")) throw new Error();
    const kept = await answer.json();
    for (const [row, version] of Object.entries(kept.versions)) form.elements[`r${row}-version`].value = version;
    said.textContent = kept.refused.length
      ? "有的行刚被别人改过，没有存；按“只存草稿”看两边写的。" : `草稿存于 ${kept.at}，断线、换电脑都在。`;
  } catch {
    isChanged = true;
    said.textContent = "还没存上，写的还在这一页。";
  }
  isSending = false;
}

if (form) {
  const keys = form.querySelector(".report-keys");
  if (keys) keys.hidden = false;
  form.addEventListener("paste", paste);
  form.addEventListener("keydown", press);
  form.addEventListener("input", changed);
  form.addEventListener("submit", () => { isSending = true; });
  setInterval(keep, EVERY);
}
