"""Asks axe-core about a page and says what is wrong in a way one can act on."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What depends on colours, sizes and language. A page is the same otherwise, and has all rules tried when it is plain.
LOOKS = ["color-contrast", "link-in-text-block", "target-size", "html-has-lang", "html-lang-valid"]
IS_PLAIN = """() => {
  const page = document.documentElement;
  return page.lang.startsWith("zh") && ["", "light"].includes(page.dataset.theme || "");
}"""
RUN = """options => axe.run(document, {...options, resultTypes: ["violations"]}).then(found => found.violations)"""
# What can be pressed and stands on its own; links inside a sentence are exempt (WCAG 2.5.8).
PRESSABLE = (
    "button, summary, .mu-btn, .mu-tool, .mu-choice, .mu-list a, .mu-links a, .mu-doors a, .mu-side a, .mu-pages a"
)


def violations(page: Page) -> list[str]:
    """One entry for each element that breaks a rule."""
    page.wait_for_load_state()  # a click returns when the next page begins to arrive
    page.evaluate(AXE_SCRIPT)
    only = RULES if page.evaluate(IS_PLAIN) else {"type": "rule", "values": LOOKS}
    found = page.evaluate(RUN, {"runOnly": only})
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}\n    {node['html'][:300]}\n    {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def assert_accessible(page: Page) -> None:
    """No rule of axe-core is broken."""
    found = violations(page)
    assert not found, f"{page.url}: {len(found)} accessibility violations\n" + "\n".join(found)


def assert_fits(page: Page) -> None:
    """Nothing makes the page scroll sideways."""
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert too_wide <= 0, f"{page.url}: {too_wide} px too wide: {page.evaluate(WIDEST)}"


def assert_pressable(page: Page) -> None:
    """Everything one can press is at least --tap high."""
    small = page.evaluate(SMALL, PRESSABLE)
    assert not small, f"{page.url}: too small to press: {small}"


WIDEST = """() => [...document.querySelectorAll("body *")]
  .filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .filter((e) => !e.closest(".mu-side"))  // scrolls by itself
  .slice(0, 5).map((e) => e.outerHTML.slice(0, 120))"""

SMALL = """(selector) => {
  const style = getComputedStyle(document.documentElement);
  const tap = parseFloat(style.getPropertyValue("--tap")) * parseFloat(style.fontSize);
  return [...document.querySelectorAll(selector)]
    .filter((e) => e.offsetParent && e.getBoundingClientRect().height < tap - 0.5)
    .map((e) => `${Math.round(e.getBoundingClientRect().height)} px: ${e.outerHTML.slice(0, 120)}`);
}"""
