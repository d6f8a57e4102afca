/* What a step said, beside the page and not in it: nothing moves. Without this script it stays until the next page.
   [data-toasts] > .mu-toast with a [data-close] button. What went well leaves after 12 seconds, unless somebody
   points at it or is inside it; a warning stays until it is closed. */
(function () {
  "use strict";
  var STAYS = 12000;
  var box = document.querySelector("[data-toasts]");
  if (!box) { return; }

  function close(toast) {
    var inside = toast.contains(document.activeElement);
    toast.remove();
    if (!inside) { return; }
    var goal = document.querySelector("[data-close]:not([hidden])") || document.querySelector("#main [autofocus]");
    if (!goal) {
      goal = document.getElementById("main");
      goal.tabIndex = -1;
    }
    goal.focus({ preventScroll: true });
  }

  function leaveLater(toast) {
    setTimeout(function () {
      if (toast.matches(":hover, :focus-within")) { leaveLater(toast); } else { close(toast); }
    }, STAYS);
  }

  box.querySelectorAll(".mu-toast").forEach(function (toast) {
    var button = toast.querySelector("[data-close]"), words = toast.querySelector("p");
    button.hidden = false;
    button.addEventListener("click", function () { close(toast); });
    // a live region tells changes only: what stood there from the start would not be read out
    setTimeout(function () { words.replaceChildren(words.textContent); }, 300);
    if (!toast.querySelector(".mu-note--late, .mu-note--soon")) { leaveLater(toast); }
  });
})();
