// Puts Streamlit's own fixed words into the reader's language. Only words that Streamlit's widgets say are looked for, and only where
// widgets say them; they are set as text. Lines are ["as Streamlit says it, {blank}", "as the reader reads it, {blank}"].
const places = [
  "stFileUploader", "InputInstructions", "stElementToolbar", "stToolbar", "stDialog", "stConnectionStatus", "stStatusWidget", "stTooltipContent",
  "stDataFrameColumnMenu",
].map((name) => `[data-testid=${name}]`).concat("a[href='#stMain']", "[role=listbox]", "[role=dialog]", "[role=menu]").join();
const attributes = ["aria-label", "title", "placeholder"];

function rule([from, to]) {
  const names = [...from.matchAll(/\{(\w+)\}/g)].map((found) => found[1]);
  const exact = from.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const filled = (found) => names.reduce((words, name, at) => words.replace(`{${name}}`, () => found[at + 1]), to);
  return { pattern: new RegExp(`^${exact.join("(.+?)")}$`), filled };
}

function said(words) {
  for (const { pattern, filled } of window.shensiWords.rules) {
    const found = pattern.exec(words);
    if (found) return filled(found);
  }
  return words;
}

function put(read, write) {
  const before = read();
  const after = before ? said(before) : before;
  if (after !== before) write(after);
}

function turn(node) {
  if (node.nodeType === Node.TEXT_NODE) {
    if (node.parentElement?.closest(places)) put(() => node.nodeValue, (words) => (node.nodeValue = words));
    return;
  }
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  for (const name of attributes) put(() => node.getAttribute(name), (words) => node.setAttribute(name, words));
  node.childNodes.forEach(turn);
}

export default function ({ data }) {
  const same = JSON.stringify(data.rules);
  if (window.shensiWords?.same === same) return;
  window.shensiWords?.observer.disconnect();
  const observer = new MutationObserver((changes) => changes.forEach((change) => (change.addedNodes.length ? change.addedNodes.forEach(turn) : turn(change.target))));
  window.shensiWords = { same, rules: data.rules.map(rule), observer };
  turn(document.body);
  observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: attributes });
}
