// Buttons that copy a text: <button data-copy="text" data-copied="done">.
addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.textContent = button.dataset.copied;
});
addEventListener("DOMContentLoaded", () => { if (navigator.clipboard) document.querySelectorAll("[data-copy][hidden]").forEach((b) => { b.hidden = false; }); });
