// A form is sent once: its buttons rest after the first submit and wake when the page is shown again.
(() => {
  const sent = new WeakSet();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (sent.has(form)) { event.preventDefault(); return; }
    sent.add(form);
    // later, so that the pressed button's own value is still sent
    setTimeout(() => form.querySelectorAll("button:not([type=button])").forEach((b) => b.setAttribute("aria-disabled", "true")), 0);
  });
  addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => {
    sent.delete(form);
    form.querySelectorAll("button[aria-disabled]").forEach((b) => b.removeAttribute("aria-disabled"));
  }));
})();
