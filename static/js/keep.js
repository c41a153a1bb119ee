// Keeps what is typed into a form of the back office in this tab, until the server says that it was taken.
//
// Session storage, by account (its number) and address: another account's is never shown, and removed when that account
// signs in here. No password, code, hidden field or file. A form with data-keep="off" is left alone.
// data-autosave="address" on a form: every 20 seconds what is newer than the draft goes there as well; the answer is
// JSON: {"kept": [names], "set": {hidden field: value}, "at": "10:42:18"}, or {"said": "sentence"} with status 4xx.
// {"put": {name: text}} is what somebody else wrote into fields not touched here: it is put there. The form hears
// "autosaved" with the whole answer, and in `both` of it what both wrote. What is said stands in [data-kept-line].
"use strict";

(() => {
  const told = document.currentScript.dataset; // account, method, taken, signIn, signOut, index
  const PREFIX = "keep:";
  const EVERY = 20000;
  const MOST = 200000; // characters of one form
  const TYPES = /^(text|search|number|date|datetime-local|month|time|url|tel|email|checkbox|radio|select-one|select-multiple|textarea)$/;
  const SECRET = /pass|pwd|secret|token|otp|csrf|code$|username/i;
  const here = location.pathname + location.search;
  const forms = [];
  let leaving = false; // a form was sent, or there is nothing to ask

  // --- the tab's storage
  const read = (key) => { try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; } };
  const remove = (key) => { try { sessionStorage.removeItem(key); } catch { /* switched off */ } };
  const keys = () => { try { return Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX)); } catch { return []; } };
  function write(key, value) {
    try { sessionStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; }
  }
  const clear = () => keys().forEach(remove);
  const isMine = (key) => key.startsWith(`${PREFIX}${told.account}:`);
  const clock = (at) => new Date(at).toTimeString().slice(0, 5);

  // --- one form
  const plain = (text) => text.replace(/\r\n?/g, "\n").normalize("NFC").trim();
  const join = (values) => values.map(plain).join("\u0000");

  function controls(form) {
    const byName = new Map();
    for (const each of form.elements) {
      if (!each.name || !TYPES.test(each.type) || SECRET.test(each.name) || each.autocomplete === "one-time-code") continue;
      if (each.readOnly || each.name.includes("__prefix__")) continue;
      byName.set(each.name, [...(byName.get(each.name) || []), each]);
    }
    return byName;
  }
  function values(group, initial) {
    const found = [];
    for (const each of group) {
      if (each.type === "checkbox" || each.type === "radio") {
        if (initial ? each.defaultChecked : each.checked) found.push(each.value);
      } else if (each.options) {
        const chosen = [...each.options].filter((one) => initial ? one.defaultSelected : one.selected);
        if (initial && !chosen.length && each.type === "select-one" && each.options.length) chosen.push(each.options[0]);
        found.push(...chosen.map((one) => one.value));
      } else {
        found.push(initial ? each.defaultValue : each.value);
      }
    }
    return found;
  }
  function put(group, wanted) {
    for (const [place, each] of group.entries()) {
      if (each.type === "checkbox" || each.type === "radio") each.checked = wanted.includes(each.value);
      else if (each.options) for (const one of each.options) one.selected = wanted.includes(one.value);
      else each.value = wanted[place] === undefined ? "" : wanted[place];
      const folded = each.closest("details:not([open])");
      if (folded) folded.open = true;
      each.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
  function labelOf(group) {
    const label = group[0].labels && group[0].labels[0];
    const name = group[0].getAttribute("aria-label") || (label ? label.textContent : "");
    return name.replace(/\s+/g, " ").trim().replace(/[:：]$/, "").slice(0, 30);
  }
  function isKept(form) {
    if (form.method !== "post" || form.dataset.keep === "off" || form.closest("[data-keep=off]")) return false;
    if (form.id === "changelist-form" || form.querySelector("input[type=password], [autocomplete=one-time-code]")) return false;
    return [...form.elements].some((each) => /^(text|search|number|date|url|tel|email|textarea)$/.test(each.type)
      && each.name && !SECRET.test(each.name) && !each.readOnly);
  }
  function addressOf(form) {
    const at = new URL(form.getAttribute("action") || location.href, location.href);
    at.searchParams.delete("_changelist_filters");
    return at.pathname + at.search;
  }
  const title = () => {
    const head = document.querySelector("#content h1") || document.querySelector("h1");
    return ((head && head.textContent) || document.title).replace(/\s+/g, " ").trim().slice(0, 60);
  };

  class Kept {
    constructor(form, key) {
      this.form = form;
      this.key = key;
      this.number = [...crypto.getRandomValues(new Uint32Array(3))].map((n) => n.toString(36)).join("").slice(0, 24);
      this.fields = controls(form);
      this.bases = new Map([...this.fields].map(([name, group]) => [name, values(group, true)]));
      this.restore();
      form.addEventListener("input", (event) => this.typed(event));
      form.addEventListener("change", (event) => this.typed(event));
      form.addEventListener("submit", (event) => this.sent(event));
    }
    // what the server has of a field, as far as this tab knows
    base(name) {
      const entry = read(this.key);
      const kept = entry && entry.fields[name];
      return kept ? kept.base : join(this.bases.get(name) || []);
    }
    typed(event) {
      if (event && event.isTrusted && event.target.name) this.last = event.target.name;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.keep(), 300);
    }
    keep() {
      clearTimeout(this.timer);
      this.fields = controls(this.form); // rows are added to tables
      const before = read(this.key);
      const entry = before || { sent: [], fields: {} };
      for (const [name, group] of this.fields) {
        const now = values(group, false);
        const base = this.base(name);
        if (join(now) === base) delete entry.fields[name];
        else entry.fields[name] = { base, value: now, label: labelOf(group) };
      }
      if (!Object.keys(entry.fields).length) { if (before) remove(this.key); return; }
      const changed = !before || JSON.stringify(before.fields) !== JSON.stringify(entry.fields);
      Object.assign(entry, { page: here, title: title(), at: changed ? Date.now() : before.at, last: this.last || entry.last });
      const fits = JSON.stringify(entry).length < MOST && write(this.key, entry);
      if (!fits) this.say("写得太多，这台电脑存不下，请先保存。");
      this.unkept = !fits;
    }
    get isDirty() { return Boolean(read(this.key)) || Boolean(this.unkept); }
    forget() { remove(this.key); this.unkept = false; }

    // --- putting back
    restore() {
      const entry = read(this.key);
      if (!entry) return;
      const back = [];
      const newer = [];
      for (const [name, kept] of Object.entries(entry.fields)) {
        const group = this.fields.get(name);
        if (!group) {
          if (told.method === "GET" && kept.value.some((text) => plain(text).length > 1)) newer.push({ name, ...kept });
          continue;
        }
        const now = join(values(group, true));
        if (now === join(kept.value)) { // saved, or the answer to what was sent
          if (told.method === "GET") delete entry.fields[name];
        } else if (now === kept.base) {
          put(group, kept.value);
          back.push(name);
        } else {
          newer.push({ name, group, ...kept });
        }
      }
      if (!Object.keys(entry.fields).length) { remove(this.key); return; }
      write(this.key, entry);
      if (back.length || newer.length) this.tell(entry, back, newer);
      const last = this.fields.get(entry.last);
      if (last && back.includes(entry.last) && document.referrer.includes(told.signIn)) last[0].focus();
    }
    tell(entry, back, newer) {
      const box = document.createElement("div");
      box.className = "kept";
      box.setAttribute("role", "status");
      if (back.length) {
        const line = document.createElement("p");
        line.textContent = `刚才没交的文字已填回：${back.length} 格，${clock(entry.at)} 写的。`;
        box.append(line);
      }
      for (const each of newer) box.append(this.offer(each));
      const drop = button(back.length ? "不要了，恢复原样" : "不要了", () => {
        for (const name of back) put(this.fields.get(name), this.bases.get(name));
        this.forget();
        box.remove();
      });
      box.append(drop);
      this.form.prepend(box);
    }
    offer({ name, group, label, value }) { // somebody saved another text since: never over it
      const part = document.createElement("div");
      const line = document.createElement("p");
      line.textContent = group ? `“${label || name}”后来改过，没有填回。你写的是：` : `“${label || name}”在这一页没有地方填回。你写的是：`;
      const text = document.createElement("textarea");
      text.readOnly = true;
      text.rows = 3;
      text.setAttribute("aria-label", `你写的${label || name}`);
      text.value = group && group[0].options
        ? [...group[0].options].filter((one) => value.includes(one.value)).map((one) => one.text).join("、") : value.join("、");
      part.append(line, text);
      if (group) part.append(button("用我写的", () => { put(group, value); this.keep(); part.remove(); group[0].focus(); }));
      return part;
    }

    // --- sending
    sent(event) {
      if (event.defaultPrevented) return;
      if (this.saving) { // the draft first: its number goes with the form
        event.preventDefault();
        const by = event.submitter;
        this.saving.finally(() => this.form.requestSubmit(by || undefined));
        return;
      }
      this.keep();
      if (!this.form.querySelector("input[name=_keep]")) this.form.append(hidden("_keep", this.number));
      const entry = read(this.key);
      if (entry) write(this.key, { ...entry, sent: [...entry.sent, this.number].slice(-5) });
      leaving = true;
      setTimeout(() => { leaving = false; }, 3000);
    }
    say(sentence, link) {
      if (!this.line) {
        this.line = this.form.querySelector("[data-kept-line]") || document.createElement("p");
        this.line.classList.add("kept-line");
        this.line.setAttribute("role", "status");
        if (!this.line.parentNode) (this.form.querySelector(".submit-row") || this.form).append(this.line);
      }
      this.line.textContent = sentence;
      if (link) {
        const way = document.createElement("a");
        way.href = `${told.signIn}?next=${encodeURIComponent(here)}`;
        way.textContent = "重新登录";
        way.addEventListener("click", () => { this.keep(); leaving = true; });
        this.line.append(" ", way);
      }
    }
    autosave() {
      this.keep();
      if (!this.form.dataset.autosave || !read(this.key) || this.saving || this.stopped) return;
      const data = new FormData(this.form);
      for (const [name, value] of [...data]) if (typeof value !== "string") data.delete(name);
      data.set("_keep", this.number);
      const before = new Map([...this.fields].map(([name, group]) => [name, join(values(group, false))]));
      const until = new AbortController();
      setTimeout(() => until.abort(), 8000);
      const options = { method: "POST", body: data, redirect: "manual", credentials: "same-origin", signal: until.signal };
      this.saving = fetch(this.form.dataset.autosave, options)
        .then((answer) => this.answered(answer, before))
        .catch(() => this.say("还没存上，写的在这个标签页里。"))
        .finally(() => { this.saving = null; });
    }
    async answered(answer, before) {
      if (answer.type === "opaqueredirect" || answer.status === 403) {
        this.stopped = true;
        this.say("登录已经过期，写的都在这个标签页里。", true);
        return;
      }
      const isJson = (answer.headers.get("content-type") || "").includes("json");
      if (!isJson) throw new Error(String(answer.status));
      const said = await answer.json();
      if (!answer.ok) {
        this.stopped = answer.status === 409;
        this.say(said.said);
        return;
      }
      for (const [name, value] of Object.entries(said.set || {})) this.form.elements[name].value = value;
      const entry = read(this.key);
      for (const name of said.kept) {
        this.bases.set(name, [before.get(name) || ""]);
        if (entry && entry.fields[name]) entry.fields[name].base = before.get(name) || "";
      }
      if (entry) write(this.key, entry);
      const both = { ...said.both };
      for (const [name, text] of Object.entries(said.put || {})) {
        const group = this.fields.get(name);
        if (!group) continue;
        if (join(values(group, false)) !== before.get(name)) { both[name] = { theirs: text }; continue; } // typed meanwhile
        this.bases.set(name, [text]);
        put(group, [text]);
      }
      this.keep();
      this.say(said.said || `草稿存于 ${said.at}`);
      this.form.dispatchEvent(new CustomEvent("autosaved", { detail: { ...said, both } }));
    }
  }

  function button(words, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = words;
    made.addEventListener("click", act);
    return made;
  }
  function hidden(name, value) {
    const made = document.createElement("input");
    Object.assign(made, { type: "hidden", name, value });
    return made;
  }

  // --- pages
  function signedOutElsewhere() {
    clear();
    for (const each of forms) each.forget();
    leaving = true;
  }
  function letGo() {
    const taken = new Set((told.taken || "").split(" ").filter(Boolean));
    for (const key of keys()) {
      const entry = read(key);
      const done = entry && entry.sent && entry.sent.some((number) => taken.has(number));
      if (!isMine(key) || !entry || done) remove(key);
    }
  }
  function signInPage() {
    const kept = keys().map((key) => ({ key, ...read(key) })).filter((each) => each.fields).sort((a, b) => b.at - a.at);
    const place = document.getElementById("kept");
    if (!kept.length || !place) return;
    document.querySelector("#content h1").textContent = "登录过期了，写的都在";
    const list = place.querySelector("ul");
    for (const each of kept) {
      const row = document.createElement("li");
      const names = Object.values(each.fields).map((field) => field.label).filter(Boolean);
      const parts = [["b", `${Object.keys(each.fields).length} 格`], ["b", each.title],
        ["span", `${clock(each.at)} 写的${names.length ? `：${names.slice(0, 6).join("、")}${names.length > 6 ? " 等" : ""}` : ""}`]];
      for (const [tag, words] of parts) row.append(Object.assign(document.createElement(tag), { textContent: words }));
      list.append(row);
    }
    place.hidden = false;
    const next = document.querySelector("#login-form [name=next]");
    const way = next && kept.find((each) => each.key.slice(PREFIX.length).replace(/^\d+:/, "").replace(/#\d+$/, "") === next.value);
    if (next && way) next.value = way.page;
    else if (next && (!next.value || next.value === told.index)) next.value = kept[0].page;
    const send = document.querySelector("#login-form [type=submit]");
    if (send && (way || (next && next.value === kept[0].page))) send.value = "登录，回到刚才那一格";
  }
  function begin() {
    const counts = new Map();
    for (const form of document.querySelectorAll("form")) {
      if (!isKept(form)) continue;
      const address = addressOf(form);
      const number = counts.get(address) || 0;
      counts.set(address, number + 1);
      forms.push(new Kept(form, `${PREFIX}${told.account}:${address}#${number}`));
    }
    window.addEventListener("pagehide", () => forms.forEach((each) => leaving || each.keep()));
    window.addEventListener("beforeunload", (event) => {
      forms.forEach((each) => leaving || each.keep());
      if (leaving || !forms.some((each) => each.isDirty)) return;
      event.preventDefault();
      event.returnValue = "";
    });
    setInterval(() => forms.forEach((each) => each.autosave()), EVERY);
  }

  let others = null;
  try { others = new BroadcastChannel("guicheng-keep"); } catch { /* an old browser: this tab alone */ }
  if (location.pathname === told.signOut) {
    clear();
    if (others) others.postMessage("signed out");
  } else if (told.account) {
    letGo();
    begin();
    if (others) others.addEventListener("message", signedOutElsewhere);
  } else {
    signInPage();
    if (others) others.addEventListener("message", () => {
      clear();
      const place = document.getElementById("kept");
      if (place && !place.hidden) location.reload();
    });
  }
})();
