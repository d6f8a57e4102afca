/* <button type="button" data-copy="the text" data-copied="Copied" hidden>...Copy the link</button>
   Shown only where a script may copy; the button says that it did, to a screen reader too. */
(function () {
  "use strict";
  if (!navigator.clipboard) { return; }
  document.querySelectorAll("[data-copy]").forEach(function (button) {
    var words = button.lastChild;
    var before = words.textContent;
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(button.dataset.copy).then(function () {
        words.textContent = button.dataset.copied;
        setTimeout(function () { words.textContent = before; }, 4000);
      }, function () { /* not allowed after all: the text can still be marked by hand */ });
    });
  });
})();
