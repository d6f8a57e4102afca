/* Who speaks, for how long, how often (<section data-timer="120" data-times="2">). Without a script the tools stay hidden.
   A name typed before Start is counted; Stop, or the next Start, ends the turn. Nothing of it is stored. */
(function () {
  "use strict";
  var box = document.querySelector("[data-timer]");
  if (!box) { return; }
  var limit = Number(box.dataset.timer), most = Number(box.dataset.times);
  var left = box.querySelector("[data-timer-left]"), said = box.querySelector("[data-timer-said]");
  var who = box.querySelector("input"), turns = {}, end = 0, tick = 0;

  function show(seconds) {
    var over = seconds < 0, all = Math.abs(seconds);
    left.textContent = (over ? "+" : "") + Math.floor(all / 60) + ":" + ("0" + (all % 60)).slice(-2);
  }

  function stop() { clearInterval(tick); tick = 0; }

  function count() {
    var seconds = Math.ceil((end - Date.now()) / 1000);
    show(seconds);
    if (seconds <= 0 && said.textContent !== said.dataset.up) { said.textContent = said.dataset.up; }
  }

  function start() {
    var name = who.value.trim();
    stop();
    said.textContent = "";
    if (name) {
      turns[name] = (turns[name] || 0) + 1;
      said.textContent = name + " " + (turns[name] > most ? said.dataset.often : turns[name] + " " + said.dataset.nth);
    }
    end = Date.now() + limit * 1000;
    show(limit);
    tick = setInterval(count, 500);
  }

  box.querySelector("[data-timer-start]").addEventListener("click", start);
  box.querySelector("[data-timer-stop]").addEventListener("click", stop);
  box.querySelector("[data-timer-tools]").hidden = false;
  show(limit);
})();
