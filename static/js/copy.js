// Copies the text of the field a button names: <button data-copy="week">. Without it, select and copy by hand.
"use strict";

for (const button of document.querySelectorAll("button[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const said = document.getElementById(`${button.dataset.copy}-copied`);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.focus();
    field.select();
    let done = false;
    try {
      await navigator.clipboard.writeText(field.value);
      done = true;
    } catch {
      done = document.execCommand("copy"); // plain http has no clipboard
    }
    said.textContent = done ? "已复制，可以粘贴到微信。" : "没有复制成，文字已选中，请长按或按 Ctrl+C 复制。";
  });
}
