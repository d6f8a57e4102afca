/* On a phone the desk's navigation is one line that moves sideways; it begins with the page one is on in its middle. */
(function () {
  "use strict";
  var here = document.querySelector(".mu-side [aria-current]");
  if (!here) { return; }
  var line = here.closest("ul");
  line.scrollLeft = here.offsetLeft - (line.clientWidth - here.offsetWidth) / 2;
})();
