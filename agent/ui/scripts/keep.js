// Keeps the reader's choices in a cookie, tells screen readers the language, and lets Streamlit's own widgets follow the theme.
export default function ({ data }) {
  document.cookie = data.cookie;
  document.documentElement.lang = data.language;
  try {
    window.localStorage.setItem(`stActiveTheme-${window.location.pathname}-v2`, JSON.stringify(data.theme));
  } catch {
    return; // storage is forbidden: the theme of the system stays
  }
  // Streamlit reads its theme only when a page is opened.
  if (dark() !== (data.theme === "Dark")) window.location.reload();
}

function dark() {
  const ground = getComputedStyle(document.querySelector(".stApp")).getPropertyValue("background-color");
  const [red, green, blue] = ground.match(/\d+/g).map(Number);
  return red + green + blue < 384;
}
