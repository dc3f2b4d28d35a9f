"""Draw what the pictures of ideas are made of, and the picture of the site: run it when the marks or colours change.

It needs the browser of the browser tests, which draws the marks from the sprite of the templates. It writes
catalogue/marks/ (the empty sign, a tile for each theme) and static/good-ideas.png.
"""

import os
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MARKS = ROOT / "catalogue" / "marks"
THEMES = ("work", "live", "learn", "connect", "plan")
PAGE = """
<!doctype html>
<style>{tokens}
  body {{ margin: 0; color-scheme: light }}
  .sign {{ inline-size: 1200px; block-size: 630px; background: var(--plane); color: var(--on-plane) }}
  .sign svg {{ position: absolute; inset: 52px auto auto 70px; inline-size: 286px; block-size: 68px }}
  .tile {{ display: grid; place-items: center; inline-size: 72px; block-size: 72px; background: var(--theme);
           color: var(--on-theme) }}
  .tile svg {{ inline-size: 48px; block-size: 48px }}
  svg {{ fill: currentColor }}
</style>
{sprite}
<div class="sign"><svg viewBox="0 0 219 52"><use href="#wordmark"/></svg></div>
{tiles}
"""


def draw_marks():
    from playwright.sync_api import sync_playwright

    sprite = re.sub(r"{#.*?#}", "", (ROOT / "templates" / "_sprite.html").read_text(encoding="utf-8"))
    tokens = (ROOT / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    tile = '<div class="tile theme-{0}"><svg viewBox="0 0 24 24"><use href="#m-{0}"/></svg></div>'
    page_text = PAGE.format(tokens=tokens, sprite=sprite, tiles="".join(tile.format(theme) for theme in THEMES))
    MARKS.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1200, "height": 1100}, color_scheme="light")
        page.set_content(page_text)
        page.locator(".sign").screenshot(path=MARKS / "sign.png")
        for theme in THEMES:
            page.locator(f".theme-{theme}").screenshot(path=MARKS / f"{theme}.png")
        browser.close()


def draw_site():
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodideas.settings")
    import django

    django.setup()
    from catalogue import pictures

    (ROOT / "static" / "good-ideas.png").write_bytes(pictures.of_site())


if __name__ == "__main__":
    draw_marks()
    draw_site()
