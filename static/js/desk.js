/* Help at the desk; pages work without it.
   "/"                        puts the cursor into the search box
   .mu-tick in table rows     are marked, and counted into [data-picked] of the same form
   [data-pick-all]            ticks all rows
   #trouble                   is shown when htmx gets no usable answer */
(function () {
  "use strict";
  function each(root, selector, act) { Array.prototype.forEach.call(root.querySelectorAll(selector), act); }

  document.addEventListener("keydown", function (event) {
    var at = document.activeElement;
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (at && (/^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName) || at.isContentEditable)) { return; }
    var box = document.querySelector(".mu-find input");
    if (box) { event.preventDefault(); box.focus(); box.select(); }
  });

  // <span data-picked hidden>chosen <b>0</b></span> and buttons with data-when-picked follow the ticks.
  function count(table) {
    var all = 0, picked = 0, form = table.closest("form");
    each(table, "tbody .mu-tick", function (tick) {
      all += 1;
      picked += tick.checked ? 1 : 0;
      tick.closest("tr").classList.toggle("is-on", tick.checked);
    });
    each(table, "[data-pick-all]", function (box) {
      box.checked = picked > 0 && picked === all;
      box.indeterminate = picked > 0 && picked < all;
    });
    if (!form) { return; }
    each(form, "[data-picked]", function (out) {
      out.hidden = picked === 0;
      (out.querySelector("b") || out).textContent = picked;
    });
    each(form, "[data-when-picked]", function (button) { button.disabled = picked === 0; });
  }

  function start(root) {
    each(root, "table", function (table) {
      if (!table.querySelector("tbody .mu-tick")) { return; }
      each(table, "[data-pick-all]", function (box) { box.closest("[hidden]") && (box.closest("[hidden]").hidden = false); });
      count(table);
    });
  }

  document.addEventListener("change", function (event) {
    var table = event.target.closest("table");
    if (!table || !table.querySelector("tbody .mu-tick")) { return; }
    if (event.target.dataset.pickAll !== undefined) {
      each(table, "tbody .mu-tick", function (tick) { tick.checked = event.target.checked; });
    }
    count(table);
  });

  // My menu closes when the reader goes elsewhere.
  function closeMenus(inside) {
    each(document, "details.mu-menu[open]", function (menu) { if (!inside || !menu.contains(inside)) { menu.open = false; } });
  }
  document.addEventListener("click", function (event) { closeMenus(event.target); });
  document.addEventListener("keydown", function (event) {
    var menu = event.key === "Escape" && document.querySelector("details.mu-menu[open]");
    if (menu) { closeMenus(); menu.querySelector("summary").focus(); }
  });

  function trouble(shown) {
    var note = document.getElementById("trouble");
    if (!note) { return; }
    note.hidden = !shown;
    if (shown) { note.scrollIntoView({ block: "nearest" }); }
  }
  ["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach(function (name) {
    document.addEventListener(name, function () { trouble(true); });
  });
  // A form that came into the page takes the focus; the page moves when it is out of sight.
  document.addEventListener("htmx:afterSwap", function (event) {
    var place = event.target;
    if (!place.matches || !place.matches("#issue-step, .mu-row__step") || place.querySelector(".mu-errors")) { return; }
    var top = place.getBoundingClientRect().top, form = place.querySelector("form[data-draft]") || place;
    var field = form.querySelector("input:not([type=hidden]), textarea, select, button");
    if (field) { field.focus({ preventScroll: true }); }
    if (top < 0 || top > innerHeight - 120) { place.scrollIntoView(); }
  });
  document.addEventListener("htmx:beforeRequest", function () { trouble(false); });
  document.addEventListener("htmx:afterSettle", function (event) { start(event.target.parentElement || document); });
  start(document);
})();
