// Drawing over a photo what must not be seen: rectangles with mouse or finger, kept as shares of the picture's size.
(() => {
  const stage = document.querySelector("[data-cover]");
  const field = document.querySelector("[data-cover-field]");
  const tools = document.querySelector("[data-cover-tools]");
  const status = document.querySelector("[data-cover-status]");
  if (!stage || !field) return;
  const boxes = [];
  let start = null, shown = null;
  const share = (event) => {
    const frame = stage.getBoundingClientRect();
    const within = (n) => Math.min(Math.max(n, 0), 1);
    return [within((event.clientX - frame.left) / frame.width), within((event.clientY - frame.top) / frame.height)];
  };
  const box = (a, b) => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1])];
  const place = (element, [left, top, width, height]) => {
    // set by property, which the content security policy allows where a style attribute is not
    element.style.left = `${left * 100}%`;
    element.style.top = `${top * 100}%`;
    element.style.width = `${width * 100}%`;
    element.style.height = `${height * 100}%`;
  };
  const keep = () => {
    field.value = JSON.stringify(boxes.map((b) => b.shares.map((n) => Number(n.toFixed(4)))));
    status.textContent = boxes.length ? `${boxes.length}` : "";
  };
  tools.hidden = false;
  stage.addEventListener("pointerdown", (event) => { if (event.button === 0) start = share(event); });
  addEventListener("pointermove", (event) => {
    if (!start) return;
    const shares = box(start, share(event));
    if (!shown && shares[2] < 0.01 && shares[3] < 0.01) return; // a press is a tick, not a drawing
    if (!shown) { shown = document.createElement("div"); shown.className = "mu-cover__drawn"; stage.append(shown); }
    event.preventDefault();
    place(shown, shares);
  });
  addEventListener("pointerup", (event) => {
    if (start && shown) {
      boxes.push({ shares: box(start, share(event)), element: shown });
      keep();
      addEventListener("click", (click) => { if (stage.contains(click.target)) click.preventDefault(); }, { once: true, capture: true });
    }
    start = shown = null;
  });
  document.querySelector("[data-cover-undo]").addEventListener("click", () => { boxes.pop()?.element.remove(); keep(); });
})();
