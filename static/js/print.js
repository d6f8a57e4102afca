// Buttons that print: <button data-print>.
addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });
addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-print][hidden]").forEach((b) => { b.hidden = false; }));
