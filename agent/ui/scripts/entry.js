// Shows one answer. Every word that comes from a model, a document or a person is set as text; no HTML is ever made of it.
const parts = ["steps", "found", "notices", "asked", "lead", "body", "next", "memory", "checked", "sources", "label", "tools"];

function make(tag, words, attributes = {}) {
  const node = document.createElement(tag);
  if (words !== undefined) node.textContent = words;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

function frame(root) {
  const holder = root.querySelector("div");
  if (!holder.dataset.made) {
    holder.dataset.made = "1";
    holder.className = "entry";
    for (const name of parts) holder.append(make("section", undefined, { class: name, hidden: "" }));
    holder.querySelector(".steps").setAttribute("role", "status");
  }
  return holder;
}

function fill(holder, name, children) {
  const section = holder.querySelector(`:scope > .${name}`);
  const same = JSON.stringify(children.map((child) => child.outerHTML));
  if (section.dataset.shown === same) return; // what has not changed is not touched: nothing jumps and nothing is read out twice
  section.dataset.shown = same;
  section.replaceChildren(...children);
  section.hidden = children.length === 0;
}

function list(items, kind) {
  const holder = make(kind);
  for (const item of items) holder.append(make("li", item));
  return holder;
}

function titled(title, node) {
  return node.children.length ? [make("h3", title), node] : [];
}

function notice(one) {
  const line = make("p", undefined, { class: one.kind });
  line.append(make("strong", one.sign), one.text);
  return line;
}

function body(data) {
  if (!data.body.length) return [];
  const paragraph = make("p");
  data.body.forEach((sentence, at) => {
    if (at && !data.language.startsWith("zh")) paragraph.append(" ");
    paragraph.append(sentence.text);
    for (const n of sentence.cites) {
      paragraph.append(make("button", `[${n}]`, { type: "button", class: "cite", "data-n": n, "aria-label": `${data.words.source} ${n}` }));
    }
  });
  return [paragraph];
}

function sources(data) {
  if (!data.sources.length) return [];
  const rows = data.sources.map((one) => {
    const row = make("details", undefined, { "data-n": one.n });
    row.append(make("summary", `[${one.n}] ${one.title}`));
    for (const line of one.about) row.append(make("p", line, { class: "about" }));
    const quote = make("blockquote", one.before);
    quote.append(make("mark", one.exact), one.after);
    row.append(quote);
    return row;
  });
  return [make("h3", data.words.sources), ...rows];
}

function checked(data) {
  if (!data.checked.length) return [];
  const details = make("details");
  details.append(make("summary", data.words.checked), list(data.checked, "ul"));
  return [details];
}

function opened(holder, n) {
  const row = holder.querySelector(`.sources details[data-n="${n}"]`);
  if (!row) return;
  row.open = true;
  row.querySelector("summary").focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

async function copy(button, data) {
  try {
    await navigator.clipboard.writeText(data.plain);
  } catch {
    const area = document.body.appendChild(make("textarea"));
    area.value = data.plain;
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  button.textContent = data.words.copied;
  setTimeout(() => (button.textContent = data.words.copy), 2000);
}

function spoken(data) {
  return [...data.notices.map((one) => one.sign + one.text), data.lead, ...data.asked, ...data.body.map((one) => one.text), ...data.next, data.label].filter(Boolean).join("\n");
}

function read(button, data) {
  const voice = window.speechSynthesis;
  if (voice.speaking) {
    voice.cancel();
    button.textContent = data.words.read;
    return;
  }
  const words = new SpeechSynthesisUtterance(spoken(data));
  words.lang = data.language;
  words.onend = words.onerror = () => (button.textContent = data.words.read);
  voice.speak(words);
  button.textContent = data.words.stop_reading;
}

function print(data) {
  const sheet = document.body.appendChild(make("iframe", undefined, { style: "position:fixed;width:0;height:0;border:0", title: data.words.print }));
  const page = sheet.contentDocument;
  page.title = data.label;
  page.body.append(make("p", data.label), make("pre", data.plain, { style: "white-space:pre-wrap;font:12pt/1.6 sans-serif" }));
  sheet.contentWindow.onafterprint = () => sheet.remove();
  sheet.contentWindow.print();
}

function tools(data) {
  if (data.busy || !data.plain) return [];
  const actions = { copy, print: (_, given) => print(given), ...(window.speechSynthesis ? { read } : {}) };
  return ["copy", "read", "print"].filter((name) => actions[name]).map((name) => make("button", data.words[name], { type: "button", "data-do": name }));
}

// Where a page is short of time, Streamlit may hand over what is older after what is newer: an answer must not go back to its first steps.
function late(holder, order) {
  const shown = JSON.parse(holder.dataset.order ?? "[]");
  const at = order.findIndex((part, n) => part !== shown[n]);
  if (at >= 0 && order[at] < shown[at]) return true;
  holder.dataset.order = JSON.stringify(order);
  return false;
}

export default function ({ data, parentElement }) {
  const holder = frame(parentElement);
  if (late(holder, data.order)) return;
  holder.lang = data.language;
  fill(holder, "steps", data.steps.length ? [list(data.steps, "ol")] : []);
  holder.querySelector(".steps").classList.toggle("busy", data.busy);
  holder.classList.toggle("last", data.last);
  if (data.fresh && !holder.dataset.seen) {
    holder.dataset.seen = "1";
    // Once, when a question has been sent: it goes to the top, and the answer grows below it without moving anything.
    requestAnimationFrame(() => (parentElement.host ?? parentElement).scrollIntoView({ block: "start" }));
  }
  fill(holder, "found", data.found.length ? [make("p", data.words.sources_found), list(data.found, "ul")] : []);
  fill(holder, "notices", data.notices.map(notice));
  fill(holder, "asked", titled(data.words.asked_back, list(data.asked, "ul")));
  fill(holder, "lead", data.lead ? data.lead.split("\n").map((line) => make("p", line)) : []);
  fill(holder, "body", body(data));
  fill(holder, "next", titled(data.words.next_steps, list(data.next, "ul")));
  fill(holder, "memory", data.memory ? [make("p", data.memory)] : []);
  fill(holder, "checked", checked(data));
  fill(holder, "sources", sources(data));
  fill(holder, "label", data.label ? [make("p", data.label)] : []);
  fill(holder, "tools", tools(data));
  const actions = { copy, read, print: (_, given) => print(given) };
  holder.onclick = (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.n) opened(holder, button.dataset.n);
    if (button?.dataset.do) actions[button.dataset.do](button, data);
  };
}
