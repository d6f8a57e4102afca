/* Adds up the minutes of the items that have a place in the order (<form data-agenda="120">); the server counts again. */
(function () {
  "use strict";
  var form = document.querySelector("[data-agenda]");
  if (!form) { return; }
  var out = form.querySelector("[data-agenda-total]");

  function add() {
    var total = 0;
    form.querySelectorAll("fieldset").forEach(function (row) {
      var order = row.querySelector('[name$="-order"]'), minutes = row.querySelector('[name$="-minutes"]');
      if (order && order.value && minutes) { total += Number(minutes.value) || 0; }
    });
    out.textContent = total;
    out.classList.toggle("mu-err", total > Number(form.dataset.agenda));
  }

  form.addEventListener("input", add);
  add();
})();
