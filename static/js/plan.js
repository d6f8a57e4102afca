/* Building plan with a mouse: a representative is dragged onto a door (ticks it and chooses them). The list and the
   ticks below do the same without. */
(function () {
  "use strict";
  var chosen = document.getElementById("representative"), people = document.querySelector("[data-people]");
  if (!chosen || !people) { return; }
  people.hidden = false;

  people.addEventListener("dragstart", function (event) {
    var one = event.target.closest("[data-one]");
    if (!one) { return; }
    event.dataTransfer.setData("text/plain", one.dataset.one);
  });

  document.querySelectorAll(".mu-plan__door label").forEach(function (door) {
    door.addEventListener("dragover", function (event) { event.preventDefault(); door.classList.add("is-over"); });
    door.addEventListener("dragleave", function () { door.classList.remove("is-over"); });
    door.addEventListener("drop", function (event) {
      event.preventDefault();
      door.classList.remove("is-over");
      var one = event.dataTransfer.getData("text/plain");
      if (!chosen.querySelector('option[value="' + Number(one) + '"]')) { return; }
      if (chosen.value && chosen.value !== one) {  // one representative at a time is asked for
        document.querySelectorAll(".mu-plan__door input").forEach(function (tick) { tick.checked = false; });
      }
      chosen.value = one;
      door.querySelector("input").checked = true;
    });
  });
})();
