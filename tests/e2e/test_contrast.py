"""All text can be read: axe, which we did not write, measures it on every page in both themes."""

import time
from pathlib import Path

import axe_playwright_python
import pytest
from on_page import settled

pytestmark = pytest.mark.e2e

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
# The ratio is axe's for "color-contrast", level AA: 4.5, or 3 for large text.
CONTRAST = """async () => {
  const { violations } = await axe.run(document, { runOnly: ["color-contrast"] });
  return violations.flatMap((v) => v.nodes).map((n) => [n.html, n.any[0].message]);
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_text_stands_out_from_what_is_behind_it(page, theme):
    page.emulate_media(color_scheme=theme)
    for name in ("", "rollout", "train", "runs", "watch"):
        page.goto(f"/{name}")
        settled(page)
        page.evaluate(AXE)
        # What is drawn anew is pale for a moment; what cannot be read stays so.
        deadline = time.monotonic() + 20
        while (found := page.evaluate(CONTRAST)) and time.monotonic() < deadline:
            page.wait_for_timeout(500)
        assert found == [], f"page {name or 'design'}"
