// The summary of errors takes the focus, so that a screen reader starts there.
addEventListener("DOMContentLoaded", () => {
  const summary = document.querySelector("[data-errors]");
  if (summary) { summary.focus(); document.title = `${document.documentElement.lang === "en" ? "Error: " : "有错误："}${document.title}`; }
});
