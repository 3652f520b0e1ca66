"""What everybody has to be able to do: axe's rules, narrow windows, the keyboard alone."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

_WIDE = """() => {
  const wide = [...document.querySelectorAll("main *, header *, footer *")].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.right > innerWidth + 1;
  });
  return wide.slice(0, 6).map((element) => element.outerHTML.slice(0, 120));
}"""

_FOCUS = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return { name: "", seen: false };
  const style = getComputedStyle(element);
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const seen = ring || style.boxShadow !== "none";
  return { name: element.outerHTML.slice(0, 160), seen };
}"""

_SMALL = """() => [
  ...document.querySelectorAll("button, select, input, summary, [role=button], [role=application]"),
]
  .filter((element) => {
    const label = element.closest("label");
    const box = (label ?? element).getBoundingClientRect();
    const style = getComputedStyle(element);
    const hidden = style.visibility === "hidden" || box.width <= 1 || box.height <= 1;
    return !hidden && (box.height < 24 || box.width < 24);
  })
  .slice(0, 6).map((element) => element.outerHTML.slice(0, 160))"""


def check_axe(page: Page) -> None:
    """Fail on anything that axe finds wrong with what is shown now."""
    found = Axe().run(page).response["violations"]
    lines = [
        f"{rule['id']} ({rule['impact']}): {node['html'][:200]} {node.get('failureSummary')}"
        for rule in found
        for node in rule["nodes"][:3]
    ]
    assert not lines, "\n".join([page.url, *lines])


def check_narrow(page: Page, width: int = 320) -> None:
    """Fail where a window of this width has to be moved sideways to read the page."""
    height = (page.viewport_size or {"height": 900})["height"]
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function("width => innerWidth === width", arg=width)
    # What measures itself does so with the next picture of the screen.
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    page.wait_for_timeout(150)
    needed = page.evaluate("document.documentElement.scrollWidth")
    assert needed <= width, f"{needed} px at {width}: {page.evaluate(_WIDE)}"


def check_targets(page: Page) -> None:
    """Fail where something to press is smaller than a finger can hit (WCAG 2.2 AA: 24 px)."""
    small = page.evaluate(_SMALL)
    assert not small, small


def press_until(page: Page, target: Locator, key: str = "Tab", most: int = 150) -> int:
    """Press a key until an element has the focus, and see that it shows; return how often."""
    for pressed in range(1, most + 1):
        page.keyboard.press(key)
        if target.evaluate("(element) => element === document.activeElement"):
            shown = page.evaluate(_FOCUS)
            assert shown["seen"], f"the focus does not show on {shown['name']}"
            return pressed
    raise AssertionError(f"{most} times {key} do not reach {target}")
