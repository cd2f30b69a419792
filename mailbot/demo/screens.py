"""Pictures of what people see, made of the demo's mails by headless Chromium (Debian: `apt install chromium`)."""

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_WIDTH, _HEIGHT = 900, 1000
# Small enough for a page of documentation.
_SCALE = "0.7"


def take_screens(pages: Mapping[str, str], folder: Path) -> list[Path]:
    """One PNG for each named HTML page; none where no Chromium is to be found."""
    browser = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    return [_take(browser, html, folder / f"{name}.png") for name, html in pages.items()]


def _take(browser: str, html: str, target: Path) -> Path:
    with tempfile.TemporaryDirectory() as scratch:
        page = Path(scratch) / "page.html"
        page.write_text(html, encoding="utf-8")
        subprocess.run(  # noqa: S603
            [
                browser,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--disable-background-networking",
                "--no-first-run",
                f"--force-device-scale-factor={_SCALE}",
                f"--window-size={_WIDTH},{_HEIGHT}",
                f"--user-data-dir={scratch}/profile",
                f"--screenshot={target}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
    return target
