"""How large the reading edition is, and how quickly a picture in it follows a key.

    python benchmarks/reading_edition.py build/site

Prints sizes, the first view of lesson 03 (requests, bytes gzipped), what pages ask of other hosts, and the
milliseconds from a move of a slider to the second frame after it, also with a processor four times as slow.
`slider_latency.py` measures the same for a kernel; compare figures of one and the same quiet machine only.
"""

import gzip
import re
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))

import chromium
from playwright.sync_api import sync_playwright

PRESS = """async ([key, count]) => {
  const slider = document.querySelector('.live input[type=range]');
  const frame = () => new Promise(requestAnimationFrame);
  const times = [];
  for (let i = 0; i < count; i++) {
    const before = performance.now();
    slider.value = +slider.value + (i % 2 ? -1 : 1);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    await frame();
    await frame();
    times.push(performance.now() - before);
  }
  return times;
}"""
ELSEWHERE = re.compile(
    r'(?:<(?:script|img|link|iframe|source)[^>]*(?:src|href)=|url\(|import\()["\']?(?:https?:)?//'
)


def first_view(browser, address):
    """Return the files that a page asks for before anybody scrolls."""
    asked = []
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.on("requestfinished", lambda request: asked.append(request.url))
    page.goto(address)
    page.wait_for_timeout(1500)
    page.close()
    return [url for url in asked if url.startswith("file:")]


def latency(browser, address, throttled, presses=40):
    """Return the median of milliseconds until the second frame after a slider's move."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(address)
    page.locator(".live").first.scroll_into_view_if_needed()
    page.locator(".live[data-ready]").first.wait_for()
    if throttled:
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    times = page.evaluate(PRESS, ["ArrowRight", presses])
    page.close()
    return statistics.median(times)


def main(folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    print(f"{sum(path.stat().st_size for path in files) / 1e6:6.2f} MB in {len(files)} files")
    for kind in (".html", ".js", ".webp", ".woff2"):
        print(f"{sum(path.stat().st_size for path in files if path.suffix == kind) / 1e6:6.2f} MB {kind}")
    pages = [path for path in files if path.suffix in (".html", ".css", ".js")]
    foreign = [path.name for path in pages if ELSEWHERE.search(path.read_text(encoding="utf-8"))]
    print(f"{len(foreign)} files ask another host for something {foreign or ''}")
    options = chromium.launch_options(chromium.find())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**options)
        for language in ("ko", "en"):
            asked = first_view(browser, (folder / language / "03_ratio.html").as_uri())
            paths = [Path(url.removeprefix("file://")) for url in asked]
            packed = sum(
                path.stat().st_size
                if path.suffix in (".woff2", ".webp")
                else len(gzip.compress(path.read_bytes()))
                for path in paths
            )
            print(f"{language}/03_ratio: first view {len(paths)} requests, {packed / 1e3:.0f} KB gzipped")
        for throttled in (False, True):
            found = latency(browser, (folder / "en" / "index.html").as_uri(), throttled)
            print(f"{found:6.1f} ms to the second frame after a move{', throttled four times' * throttled}")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
