/* A form is sent once. The button says nothing new and stays where it is; it only stops taking presses.
   Coming back with the browser's back button makes it work again. data-many on a form opts out. */
(function () {
  "use strict";
  function buttons(form) {
    return Array.prototype.filter.call(form.elements, function (e) { return e.type === "submit"; });
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || form.dataset.many !== undefined) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    // disabled only after the browser has read the form: the pressed button's own name and value must be sent
    setTimeout(function () { buttons(form).forEach(function (b) { b.setAttribute("aria-disabled", "true"); }); }, 0);
  });

  function again(root) {
    root.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
      buttons(form).forEach(function (b) { b.removeAttribute("aria-disabled"); });
    });
  }

  window.addEventListener("pageshow", function () { again(document); });
  // htmx answered and the form is still there: it may be corrected and sent again
  document.addEventListener("htmx:afterRequest", function () { again(document); });
})();
