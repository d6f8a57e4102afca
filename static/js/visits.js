/* Visits on a weak connection: kept on this phone, sent once, forgotten when they are saved.
   <div data-visits="5" hidden>  whose visits; says how many wait (data-waiting="…{n}…", data-again="sign in")
   <form data-visit>             taps of one door; its key makes sure that sending twice saves once. */
(function () {
  "use strict";
  var sign = document.querySelector("[data-visits]");
  var box = null;
  try { box = window.localStorage; } catch (e) { /* the browser forbids it: forms are sent as before */ }
  if (!sign || !box || !window.fetch) { return; }
  var NAME = "mulin-visits:" + sign.dataset.visits;
  var busy = false;

  function read() {
    try { return JSON.parse(box.getItem(NAME)) || []; } catch (e) { return []; }
  }
  function write(list) {
    if (list.length) { box.setItem(NAME, JSON.stringify(list)); } else { box.removeItem(NAME); }
    show(list.length ? sign.dataset.waiting.replace("{n}", list.length) : "");
  }
  function show(words) {
    sign.hidden = !words;
    sign.textContent = words;
  }
  function newKey() {
    var raw = window.crypto.getRandomValues(new Uint8Array(16));
    return Array.prototype.map.call(raw, function (n) { return (n + 256).toString(16).slice(1); }).join("");
  }
  function tick(form, words) {
    var said = form.querySelector("[data-said]");
    if (said) { said.hidden = false; said.textContent = words; }
  }

  function send() {
    var list = read(), token = document.querySelector("[name=csrfmiddlewaretoken]");
    if (busy || !list.length || !token) { return; }
    busy = true;
    var first = list[0], body = new URLSearchParams(first.pairs);
    body.append("queued", "1");
    fetch(sign.dataset.url, {
      method: "POST", body: body, credentials: "same-origin", redirect: "manual",
      headers: { "X-CSRFToken": token.value }
    }).then(function (answer) {
      busy = false;
      // saved, or refused for good: either way it is not sent again
      if (answer.status === 200 || answer.status === 422) {
        write(read().filter(function (one) { return one.key !== first.key; }));
        send();
      } else { show(sign.dataset.again); }
    }).catch(function () { busy = false; });
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.matches("form[data-visit]") || !form.querySelector("[name=methods]:checked")) { return; }
    event.preventDefault();
    event.stopImmediatePropagation(); // nothing leaves the page, so there is nothing to lock
    var key = newKey(), data = new FormData(form), pairs = [];
    data.set("key", key);
    data.set("at", String(Date.now()));
    data.delete("csrfmiddlewaretoken");
    data.forEach(function (value, name) { pairs.push([name, String(value)]); });
    try { write(read().concat([{ key: key, pairs: pairs }])); } catch (e) { form.submit(); return; }
    tick(form, form.dataset.saved);
    form.reset();
    send();
  }, true);
  window.addEventListener("online", send);
  write(read());
  send();
})();
