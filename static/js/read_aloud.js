// Reads the page aloud where the browser has a Chinese voice; where it has none, the button stays hidden.
"use strict";

(() => {
  const place = document.querySelector(".read-aloud");
  const speech = window.speechSynthesis;
  if (!place || !speech || !window.SpeechSynthesisUtterance) {
    return;
  }
  const button = place.querySelector("button");
  const silent = ".read-aloud, .no-print, form, script, svg:not([aria-label]), [aria-hidden=true]";
  let reading = false;

  function voice() {
    return speech.getVoices().find((each) => /^(zh|cmn)/i.test(each.lang));
  }

  function offer() {
    place.hidden = !voice();
  }

  // one sentence at a time: a long text is cut off by some browsers
  function sentences() {
    const main = document.getElementById("main");
    const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
    const blocks = new Map();
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      const folded = element.closest("details:not([open]) > :not(summary)");
      if (!folded && !element.closest(silent) && element.getClientRects().length) {
        const block = element.closest("h1, h2, h3, li, p, dt, dd, th, td, summary, figcaption, caption") || main;
        blocks.set(block, (blocks.get(block) || "") + node.data);
      }
    }
    return [...blocks.values()]
      .map((text) => text.replace(/\s+/g, " ").trim())
      .filter(Boolean)
      .flatMap((text) => text.match(/[^。！？；]+[。！？；]?/g) || []);
  }

  function stop() {
    reading = false;
    speech.cancel();
    button.textContent = "朗读本页";
  }

  function start() {
    const parts = sentences();
    speech.cancel();
    reading = true;
    button.textContent = "停止朗读";
    parts.forEach((text, number) => {
      const said = new SpeechSynthesisUtterance(text);
      said.voice = voice();
      said.lang = said.voice.lang;
      said.rate = 0.9;
      if (number === parts.length - 1) {
        said.onend = () => reading && stop();
      }
      speech.speak(said);
    });
  }

  button.addEventListener("click", () => (reading ? stop() : start()));
  window.addEventListener("pagehide", () => speech.cancel());
  if (speech.addEventListener) {
    speech.addEventListener("voiceschanged", offer);
  }
  offer();
})();
