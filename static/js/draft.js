/* Keeps what was typed on this device until the server has confirmed it.
   <form data-draft="report">              its fields are kept under that key
   <div data-draft-clear="report *-7">  on the page that confirms: these drafts go, and all whose key ends with -7
   Never kept: files, hidden fields, passwords, phone numbers, mail addresses, fields with autocomplete="off". After a day a draft is forgotten. */
(function () {
  "use strict";
  var PREFIX = "mulin-draft:";
  var DAY = 24 * 60 * 60 * 1000;
  var NEVER = ["hidden", "file", "password", "tel", "email", "submit", "button", "reset", "fieldset"];
  var kept = new WeakSet();
  var box = null;
  try { box = window.localStorage; } catch (e) { /* the browser forbids it: forms work as before */ }
  if (!box) { return; }

  function isChoice(field) { return field.type === "checkbox" || field.type === "radio"; }

  function fieldsOf(form) {
    return Array.prototype.filter.call(form.elements, function (field) {
      return field.name && !field.disabled && NEVER.indexOf(field.type) < 0 && field.autocomplete !== "off";
    });
  }

  function collect(form) {
    var values = {};
    fieldsOf(form).forEach(function (field) {
      if (isChoice(field)) {
        values[field.name] = values[field.name] || [];
        if (field.checked) { values[field.name].push(field.value); }
      } else if (field.value) {
        values[field.name] = field.value;
      }
    });
    return values;
  }

  function read(key) {
    try {
      var draft = JSON.parse(box.getItem(PREFIX + key));
      return draft && Date.now() - draft.at < DAY ? draft.values : null;
    } catch (e) { return null; }
  }

  // What the server sent wins: only what is still empty is filled in.
  function fill(form, values) {
    fieldsOf(form).filter(function (field) {
      if (!Object.prototype.hasOwnProperty.call(values, field.name)) { return false; }
      if (isChoice(field)) { return !form.querySelector('[name="' + CSS.escape(field.name) + '"]:checked'); }
      return field.value === "";
    }).forEach(function (field) {
      var value = values[field.name];
      if (isChoice(field)) { field.checked = value.indexOf(field.value) >= 0; } else { field.value = value; }
    });
  }

  function keep(form) {
    if (kept.has(form)) { return; }
    kept.add(form);
    var timer = 0;
    function save() {
      clearTimeout(timer);
      try {
        box.setItem(PREFIX + form.dataset.draft, JSON.stringify({ at: Date.now(), values: collect(form) }));
      } catch (e) { /* the device is full: the form works as before */ }
    }
    var values = read(form.dataset.draft);
    if (values) { fill(form, values); }
    form.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(save, 300); });
    form.addEventListener("change", save);
  }

  function start(root) {
    root.querySelectorAll("[data-draft-clear]").forEach(function (sign) {
      sign.dataset.draftClear.split(" ").forEach(function (key) {
        Object.keys(box).forEach(function (name) {
          var own = name.indexOf(PREFIX) === 0 && (key[0] === "*" ? name.endsWith(key.slice(1)) : name === PREFIX + key);
          if (own) { box.removeItem(name); }
        });
      });
    });
    root.querySelectorAll("form[data-draft]").forEach(keep);
  }

  // A device that several people use forgets: drafts older than a day go, wherever they were typed.
  Object.keys(box).forEach(function (key) {
    if (key.indexOf(PREFIX) === 0 && !read(key.slice(PREFIX.length))) { box.removeItem(key); }
  });
  start(document);
  document.addEventListener("htmx:afterSettle", function (event) { start(event.target.parentElement || document); });
})();
