"""The picture of the README: Ben's third login at the demo, as a browser shows it."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

DEMO = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8001"
PICTURE = Path(__file__).parents[1] / "docs" / "images" / "widget.png"
SYSTEM_CHROMIUM = Path("/usr/bin/chromium")


def main() -> None:
    """Take it from the running demo, whose address may be given; write docs/images/widget.png."""
    executable = SYSTEM_CHROMIUM if SYSTEM_CHROMIUM.exists() else None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.goto(f"{DEMO}/sign-in")
        page.get_by_role("button", name="Start afresh").click()
        page.locator("li", has=page.locator("[value=ben]")).get_by_role("button").click()
        card = page.locator("#ask-login .ao-card")
        card.get_by_label("Company").fill("Example Ltd")
        card.get_by_label("11 to 200").check()
        page.locator("main").evaluate("() => document.activeElement.blur()")
        box = card.bounding_box()
        assert box
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        top = page.locator("header.top").bounding_box()
        assert top
        height = box["y"] + box["height"] + 40 - top["y"]
        clip = {"x": 0, "y": top["y"], "width": 1280, "height": height}
        page.screenshot(path=PICTURE, clip=clip, full_page=True)  # type: ignore[arg-type]
        browser.close()
    print(f"{PICTURE}: {PICTURE.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
