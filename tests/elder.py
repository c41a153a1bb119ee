"""What the elder edition promises, measured on a page as a browser lays it out."""

MEASURE = """() => {
  const found = [], alone = "a, button, summary, input:not([type=hidden]), select, textarea";
  const name = (element) => element.tagName.toLowerCase() + "." + element.className.toString().split(" ").join(".");
  const seen = (element) => element.getClientRects().length && !element.closest(".hidden, .skip")
    && getComputedStyle(element).visibility === "visible";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !seen(element)) continue;
    const style = getComputedStyle(element), size = parseFloat(style.fontSize), line = parseFloat(style.lineHeight);
    const what = `${name(element)} in ${name(element.parentElement)}: ${node.data.trim().slice(0, 20)}`;
    if (size < 23.9) found.push(`${size} px ${what}`);
    if (element instanceof HTMLElement && !(line >= 1.3 * size - 0.1)) found.push(`line ${line} of ${size} ${what}`);
  }
  for (const element of document.querySelectorAll(alone)) {
    if (!seen(element)) continue;
    const box = element.getBoundingClientRect();
    // a link in a sentence has the height of its line; what stands by itself is a target of its own
    const least = element.matches("a") && getComputedStyle(element).display === "inline" ? 44 : 59.5;
    const tick = element.matches("[type=checkbox], [type=radio]");
    if (!tick && box.height < least - 0.5) {
      const what = `${name(element)} in ${name(element.parentElement)}: ${element.textContent.trim().slice(0, 20)}`;
      found.push(`target ${box.height} px, ${least} wanted: ${what}`);
    }
  }
  return [...new Set(found)];
}"""


def shortcomings(page):
    """What is too small for the elder edition on the page as it stands; [] is nothing."""
    return page.evaluate(MEASURE)
