// A unit's table of a 报送任务 by keyboard: Tab is the browser's; Enter, Shift+Enter, Ctrl+D, Ctrl+Enter, Esc; and a
// block pasted from Excel. Without it the table is a form with the same buttons.
"use strict";

(() => {
  const form = document.getElementById("report-form");
  const keys = form && form.querySelector(".report-keys");
  if (!keys) return; // nothing can be filled in here
  const told = document.getElementById("report-told");
  const statuses = new Map((form.dataset.statusWords || "").trim().split(" ").map((pair) => pair.split("=")));
  keys.hidden = false;

  // the foot grows by what it says: what one comes to by Tab stays above it
  const foot = form.querySelector(".report-foot");
  new ResizeObserver(() => {
    document.documentElement.style.scrollPaddingBottom = `${foot.offsetHeight + 16}px`;
  }).observe(foot);

  const rows = () => [...form.querySelectorAll("[data-row]")].filter((row) => row.querySelector("[data-cell]"));
  const cellsOf = (row) => [...row.querySelectorAll("[data-cell]")];
  const isShown = (cell) => cell.getClientRects().length > 0;
  const changed = (cell) => {
    cell.dispatchEvent(new Event("input", { bubbles: true }));
    cell.dispatchEvent(new Event("change", { bubbles: true }));
  };

  // --- where a cell stands
  function placeOf(cell) {
    const row = cell.closest("[data-row]");
    const all = rows().filter((each) => each.parentElement === row.parentElement); // of the same table
    return { all, row, down: all.indexOf(row), column: cellsOf(row).indexOf(cell) };
  }
  function cellBeside(cell, step) { // the same column, so many rows below, over rows that are folded
    const { all, down, column } = placeOf(cell);
    for (let at = down + step; at >= 0 && at < all.length; at += step) {
      const found = cell.matches("[data-nil]") ? all[at].querySelector("[data-nil]") : cellsOf(all[at])[column];
      if (found && isShown(found)) return found;
    }
    return null;
  }

  // --- what a cell held when it was come to, for Esc
  const held = new WeakMap();
  const valueOf = (cell) => (cell.type === "checkbox" ? cell.checked : cell.value);
  function put(cell, value) {
    if (cell.type === "checkbox") cell.checked = value;
    else cell.value = value;
    changed(cell);
  }
  form.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-cell], [data-nil]")) held.set(event.target, valueOf(event.target));
  });

  // --- pasting
  // Excel's block of cells: tabs between columns, quotes around what holds a line break
  function blockOf(text) {
    const block = [[""]];
    let quoted = false;
    const chars = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
    for (let at = 0; at < chars.length; at += 1) {
      const char = chars[at];
      const row = block[block.length - 1];
      if (quoted && char === "\"" && chars[at + 1] === "\"") {
        row[row.length - 1] += "\"";
        at += 1;
      } else if (char === "\"" && (quoted || row[row.length - 1] === "")) {
        quoted = !quoted;
      } else if (char === "\t" && !quoted) {
        row.push("");
      } else if (char === "\n" && !quoted) {
        block.push([""]);
      } else {
        row[row.length - 1] += char;
      }
    }
    return block;
  }
  function read(cell, text) { // the value this text is in this cell; null where it is none
    if (!cell.options) return cell.maxLength > 0 && text.length > cell.maxLength ? null : text;
    const key = statuses.get(text.replace(/[\s。．.；;！!,，、]/g, "")) || text;
    const option = [...cell.options].find((each) => each.value === key || each.text.trim() === text);
    return option ? option.value : null;
  }
  function write(event, block) {
    const { all, down, column } = placeOf(event.target);
    const before = [];
    const left = []; // rows of what found no place
    block.forEach((values, number) => {
      const row = all[down + number];
      const box = row && row.querySelector("[data-nil]");
      const rest = values.map((raw, right) => {
        const text = raw.trim();
        const cell = row && cellsOf(row)[column + right];
        const value = cell && !(box && box.checked) ? read(cell, text) : null; // the grid of figures has no box
        if (value === null) return text;
        before.push([cell, cell.value]);
        cell.value = value;
        cell.classList.add("was-pasted");
        return "";
      });
      if (rest.some(Boolean)) left.push(rest.join("\t"));
    });
    before.forEach(([cell]) => changed(cell));
    return { before, left };
  }
  form.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    if (!event.target.matches("[data-cell]") || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const block = blockOf(text);
    const done = write(event, block);
    tell(`刚贴入 ${block.length} 行 × ${Math.max(...block.map((row) => row.length))} 列`, done);
  });
  function tell(sentence, { before, left }) {
    told.textContent = "";
    const line = document.createElement("p");
    line.className = "report-pasted";
    const undo = document.createElement("button");
    undo.type = "button";
    undo.className = "button";
    undo.textContent = "撤销";
    undo.addEventListener("click", () => {
      for (const [cell, value] of before) {
        cell.classList.remove("was-pasted");
        put(cell, value);
      }
      told.textContent = "贴入的撤销了，原来的都在。";
      if (before.length) before[0][0].focus();
    });
    line.append(sentence, " · ", undo);
    told.append(line);
    if (!left.length) return;
    const kept = document.createElement("textarea");
    kept.readOnly = true;
    kept.rows = Math.min(left.length, 3);
    kept.value = left.join("\n");
    kept.setAttribute("aria-label", "没有放下的");
    const why = document.createElement("p");
    why.textContent = `有 ${left.length} 行没有全放下：表里没有那么多行或列，或者没有这种状态。没放下的都在这里，可以再复制：`;
    told.append(why, kept);
  }

  // --- keys
  function newLine(cell) {
    cell.setRangeText("\n", cell.selectionStart, cell.selectionEnd, "end");
    changed(cell);
  }
  form.addEventListener("keydown", (event) => {
    const cell = event.target;
    if (!cell.matches("[data-cell], [data-nil]") || event.isComposing) return;
    const withControl = event.ctrlKey || event.metaKey;
    if (event.key === "Enter" && withControl) {
      const button = cell.closest("[data-row]").querySelector("button[value^='row:']");
      if (button) button.click();
    } else if (event.key === "Enter" && event.altKey) {
      if (cell.matches("textarea")) newLine(cell);
    } else if (event.key === "Enter") {
      const next = cellBeside(cell, event.shiftKey ? -1 : 1);
      if (next) next.focus();
    } else if (withControl && !event.shiftKey && event.key.toLowerCase() === "d") {
      const above = cellBeside(cell, -1);
      if (above) put(cell, valueOf(above));
    } else if (event.key === "Escape" && held.has(cell)) {
      put(cell, held.get(cell));
    } else {
      return;
    }
    event.preventDefault();
  });
})();
