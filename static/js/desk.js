// Comforts of the desk: "/" goes to the search, ticks are counted, one tick selects a page.
(() => {
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || /INPUT|TEXTAREA|SELECT/.test(event.target.tagName)) return;
    const search = document.getElementById("q");
    if (search) { event.preventDefault(); search.focus(); }
  });
  const count = (form) => {
    const ticked = form.querySelectorAll('input[name="pick"]:checked');
    form.querySelectorAll("[data-ticked]").forEach((place) => { place.textContent = ticked.length; });
    form.querySelectorAll('input[name="pick"]').forEach((t) => t.closest("tr")?.classList.toggle("is-on", t.checked));
  };
  addEventListener("change", (event) => {
    const form = event.target.form;
    if (!form) return;
    if (event.target.matches("[data-tick-all]")) form.querySelectorAll('input[name="pick"]').forEach((t) => { t.checked = event.target.checked; });
    if (event.target.matches('[data-tick-all], [name="pick"]')) count(form);
  });
})();
