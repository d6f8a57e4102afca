// A region that changes by itself: fetched anew when its time is over, and swapped in without moving the page.
(() => {
  const wait = () => {
    const region = document.querySelector("[data-again]");
    if (region) setTimeout(() => fetchAgain(region), Number(region.dataset.again) * 1000);
  };
  const fetchAgain = async (region) => {
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-again]");
      if (fresh) region.replaceWith(document.adoptNode(fresh));
      wait();
    } catch {
      setTimeout(() => fetchAgain(region), 5000);
    }
  };
  wait();
})();
