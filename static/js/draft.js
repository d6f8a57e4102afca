// What is typed stays on this device until the server has confirmed it: <form data-draft="key">, cleared by [data-draft-clear="key"].
(() => {
  const store = (key) => `mulin:draft:${key}`;
  const skip = new Set(["hidden", "file", "password", "submit"]);
  const fields = (form) => [...form.elements].filter((f) => f.name && !skip.has(f.type));
  const remember = (form) => {
    const kept = {};
    for (const f of fields(form)) {
      if (f.type === "radio" || f.type === "checkbox") { if (f.checked) (kept[f.name] ||= []).push(f.value); }
      else if (f.value) kept[f.name] = [f.value];
    }
    try { localStorage.setItem(store(form.dataset.draft), JSON.stringify(kept)); } catch { /* private mode: nothing is kept */ }
  };
  const restore = (form) => {
    let kept;
    try { kept = JSON.parse(localStorage.getItem(store(form.dataset.draft)) || "null"); } catch { return; }
    if (!kept) return;
    for (const f of fields(form)) {
      const values = kept[f.name];
      if (!values) continue;
      if (f.type === "radio" || f.type === "checkbox") { if (!form.querySelector(`[name="${f.name}"]:checked`)) f.checked = values.includes(f.value); }
      else if (!f.value) f.value = values[0];
    }
  };
  addEventListener("DOMContentLoaded", () => {
    for (const mark of document.querySelectorAll("[data-draft-clear]")) {
      for (const key of mark.dataset.draftClear.split(" ")) { try { localStorage.removeItem(store(key)); } catch { /* nothing kept */ } }
    }
    for (const form of document.querySelectorAll("form[data-draft]")) {
      restore(form);
      form.addEventListener("input", () => remember(form));
    }
  });
})();
