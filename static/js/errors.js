/* The error summary takes the focus, so that a screen reader starts with it. */
(function () {
  "use strict";
  function look(root) {
    var box = root.querySelector(".mu-errors");
    if (box) { box.focus(); }
  }
  look(document);
  document.addEventListener("htmx:afterSwap", function (event) { look(event.target); });
})();
