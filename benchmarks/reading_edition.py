"""The reading edition against what was asked of it: sizes, speed, and every page looked through.

    python benchmarks/reading_edition.py build/site [sizes] [speed] [pages] [firefox] [present]

`sizes`: of the whole, of the first view of one lesson, and what pages ask of other hosts. `pages`: links,
axe's findings, script errors and overflow, on every page, on a phone and a desktop, light and dark.
`firefox`: the last two there, and whether every picture moves. `speed`: from a key press to new pixels, and
pictures a second under a dragged slider, beside what slider_latency.py calls the floor, 8 x 8 pixels through
a kernel, in the same run: on a busy machine only the ratios count. A bare page that changes one line shows
what the display allows: its frames come 60 times a second, and a key waits for the next. `present`: every
lesson as slides, each step on two screens; whether its sliders move and the presenter's window follows.
"""

import contextlib
import functools
import gzip
import http.server
import itertools
import re
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))

import bidi
import chromium
import devtools
import slider_latency
import slides
from axe_playwright_python.sync_playwright import Axe
from reading import links

from ppo_edu.language.lessons import lessons

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 720}
LIVE = {"clip": "clip_and_min", "clip_cloud": "clip_and_min", "gae": "gae"}
FLOOR = "8 x 8 pixels: the floor"
PRESSES = 64  # of a key: a median of waits for the display's next frame is good to a millisecond then
# What no page can beat: nothing is looked up and one line changes, and still it waits for the display.
DISPLAY = """<!doctype html><title>-</title><figure data-live="display" data-ready="1">
<input type="range" style="width:30rem">
<div class="panel"><svg><rect width="8" height="8"></rect></svg></div></figure><script>
const [hand, rect] = ['input', 'rect'].map(name => document.querySelector(name));
hand.addEventListener('input', () => rect.setAttribute('width', hand.value));
</script>"""
ELSEWHERE = re.compile(
    r'(?:<(?:script|img|link|iframe|source)[^>]*(?:src|href)=|url\(|import\()["\']?(?:https?:)?//'
)
UNFOLD = "document.querySelectorAll('form.predict').forEach(form => form.querySelector('button').click())"
# As slider_latency.js: the time of the frame that shows something else, from the same clock as the key's.
WATCH = """
window.reading = {
  figure: name => document.querySelector(`[data-live="${name}"]`),
  slider: name => reading.figure(name).querySelector('input[type=range]'),
  watch(name, seen) {
    let on = true, changed = false;
    const observer = new MutationObserver(() => { changed = true; });
    observer.observe([...reading.figure(name).querySelectorAll('.panel')].find(each => each.offsetParent),
      {subtree: true, childList: true, attributes: true, characterData: true});
    const look = () => {
      if (changed) { changed = false; seen(performance.now()); }
      if (on) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    return () => { on = false; observer.disconnect(); };
  },
  expect(name) {
    reading.took = new Promise(resolve => {
      let start;
      reading.slider(name).addEventListener('keydown', event => { start = event.timeStamp; }, {once: true});
      const stop = reading.watch(name, time => { stop(); resolve(time - start); });
      setTimeout(() => { stop(); resolve(null); }, 3000);
    });
  },
  record(name) {
    reading.frames = [];
    reading.stop = reading.watch(name, time => reading.frames.push(time));
  },
}; null
"""


@contextlib.contextmanager
def served(folder):
    """Serve `folder` on this machine only; yield its address."""
    quiet = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    handler = functools.partial(quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def packed(path):
    """Return how many bytes of a file go over the wire."""
    content = path.read_bytes()
    return len(content) if path.suffix in (".woff2", ".webp", ".png") else len(gzip.compress(content, 6))


def sizes(folder):
    """Print how large everything is."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    print(f"{sum(path.stat().st_size for path in files) / 1e6:6.2f} MB in {len(files)} files (wanted: 12)")
    for kind in (".html", ".js", ".webp", ".woff2"):
        print(f"{sum(path.stat().st_size for path in files if path.suffix == kind) / 1e6:6.2f} MB {kind}")
    search = [path for path in files if "pagefind" in path.parts]
    print(f"{sum(path.stat().st_size for path in search) / 1e6:6.2f} MB of search")
    pages = [path for path in files if path.suffix in (".html", ".css", ".js") and path not in search]
    # Tables are in UTF-16.
    texts = {
        path: path.read_text(encoding="utf-16" if path.parent.name == "live" else "utf-8") for path in pages
    }
    foreign = [path.name for path, text in texts.items() if ELSEWHERE.search(text)]
    print(f"{len(foreign)} files ask another host for something (wanted: 0) {foreign or ''}")
    with served(folder) as address, chromium.opened() as chrome:
        for language, viewport in itertools.product(("ko", "en"), (PHONE, DESKTOP)):
            asked = []
            page = chrome.new_page(viewport=viewport)
            page.on("requestfinished", lambda request, asked=asked: asked.append(request.url))
            page.goto(f"{address}{language}/{lessons()['ratio'].name}.html")
            page.wait_for_timeout(2000)
            page.close()
            paths = [folder / url.removeprefix(address) for url in asked if url.startswith(address)]
            kilobytes = sum(map(packed, paths)) / 1e3
            print(
                f"{language}/ratio, {viewport['width']} wide: {len(paths)} requests, {kilobytes:.0f} KB "
                f"gzipped (wanted: 8, 100); to other hosts {len(asked) - len(paths)}"
            )


def pages(folder):
    """Print what is wrong with any page."""
    broken = links.broken(folder)
    print(f"{len(broken)} links lead nowhere (wanted: 0) {broken[:20] or ''}")
    counted = {"axe": 0, "overflow": 0, "error": 0, "elsewhere": 0}

    def tell(what, path, *words):
        counted[what] += 1
        print(what, path.relative_to(folder), *words, flush=True)

    every = sorted(folder.rglob("*.html"))
    with chromium.opened() as chrome:
        for path, viewport in itertools.product(every, (PHONE, DESKTOP)):
            page = chrome.new_page(viewport=viewport)
            page.on("pageerror", lambda error, path=path: tell("error", path, str(error)))
            page.on(
                "request",
                lambda request, path=path: (
                    request.url.startswith(("file:", "data:", "blob:"))
                    or tell("elsewhere", path, request.url)
                ),
            )
            page.goto(path.as_uri())
            page.evaluate(UNFOLD)
            page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
            page.wait_for_timeout(300)
            for theme in ("light", "dark"):
                page.emulate_media(color_scheme=theme)
                for each in Axe().run(page).response["violations"]:
                    nodes = each["nodes"]
                    tell(
                        "axe", path, viewport["width"], theme, each["id"], len(nodes), nodes[0]["html"][:160]
                    )
            page.set_viewport_size({"width": 320, "height": 700})
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > 320:
                tell("overflow", path, wide)
            page.close()
    print(f"{len(every)} pages, each on two screens, light and dark: {counted} (wanted: 0)")


PICTURES = "[...document.querySelectorAll('.live')].map(each => each.dataset.live)"
MOVE = """(async name => {
  const figure = document.querySelector(`[data-live="${name}"]`);
  figure.scrollIntoView({behavior: 'instant'});
  for (let i = 0; i < 200 && !figure.dataset.ready; i++) await new Promise(done => setTimeout(done, 50));
  const panel = [...figure.querySelectorAll('.panel')].find(each => each.offsetParent);
  const before = panel.innerHTML;
  const control = figure.querySelector('[data-c]');
  if (control.type === 'range') control.value = +control.value ? 0 : 1;
  else if (control.type === 'checkbox') control.checked = !control.checked;
  else control.selectedIndex = control.selectedIndex ? 0 : 1;
  control.dispatchEvent(new Event('input', {bubbles: true}));
  return figure.dataset.ready ? panel.innerHTML !== before : null;
})"""


def firefox(folder):
    """Print what is wrong with any page in Firefox."""
    counted = {"still": 0, "overflow": 0, "error": 0, "elsewhere": 0}
    moved = 0
    with served(folder) as address, bidi.page() as page:
        if page is None:
            print("there is no Firefox here")
            return
        for path, width in itertools.product(sorted(folder.rglob("*.html")), (390, 1280)):
            page.size(width, 800)
            page.goto(f"{address}{path.relative_to(folder).as_posix()}")
            page.evaluate(f"({UNFOLD}, 0)")
            for name in page.evaluate(PICTURES):
                moved += 1
                if not page.evaluate(f"{MOVE}('{name}')"):
                    counted["still"] += 1
                    print("still", path.relative_to(folder), width, name, flush=True)
            page.size(320, 700)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > 320:
                counted["overflow"] += 1
                print("overflow", path.relative_to(folder), wide, flush=True)
        counted["error"] = len(page.errors)
        counted["elsewhere"] = len(
            [url for url in page.asked if not url.startswith((address, "data:", "blob:"))]
        )
        print(*page.errors[:10], sep="\n")
        agent = page.evaluate("navigator.userAgent")
    print(f"{agent}: {moved} pictures moved, wrong: {counted} (wanted: 0)")


class Pressed:
    """An explorer on a page: presses of a key, and a drag, as slider_latency.py does them."""

    def __init__(self, page, name):
        self._page, self._name, self._presses = page, name, itertools.count()
        page.evaluate(f"reading.figure('{name}').scrollIntoView({{behavior: 'instant'}})")
        page.wait_for(f"reading.figure('{name}').dataset.ready")

    def median(self, presses):
        """Return the median of milliseconds from the press of a key to the frame with another picture."""
        times = []
        self._page.evaluate(f"reading.slider('{self._name}').focus({{preventScroll: true}})")
        for key in itertools.islice(itertools.cycle(["ArrowRight", "ArrowLeft"]), presses):
            moment = next(self._presses) * slider_latency.GOLDEN % 1
            time.sleep(slider_latency.PAUSE_SECONDS + moment * slider_latency.FRAME_SECONDS)
            self._page.evaluate(f"reading.expect('{self._name}')")
            code = {"ArrowRight": 39, "ArrowLeft": 37}[key]
            for kind in ("rawKeyDown", "keyUp"):
                self._page.send(
                    "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code
                )
            took = self._page.evaluate("reading.took")
            times += [] if took is None else [took]
        return statistics.median(times)

    def rate(self):
        """Return pictures a second while the slider is dragged fast, to and fro."""
        box = self._page.evaluate(f"reading.slider('{self._name}').getBoundingClientRect().toJSON()")
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self._page.mouse("mouseMoved", x, y)
        self._page.mouse("mousePressed", x, y)
        self._page.evaluate(f"reading.record('{self._name}')")
        for place in (0.9, 0.1) * 3:
            target = box["x"] + place * box["width"]
            for step in range(1, slider_latency.STEPS + 1):
                self._page.mouse("mouseMoved", x + (target - x) * step / slider_latency.STEPS, y)
            x = target
        time.sleep(0.5)
        frames = self._page.evaluate("(reading.stop(), reading.frames)")
        self._page.mouse("mouseReleased", x, y)
        return 1000 * (len(frames) - 1) / (frames[-1] - frames[0])


def speed(folder):
    """Print key press to pixels and frames of a drag, as multiples of the kernel's floor."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        cells = {FLOOR: slider_latency.FLOOR}
        ((_, floor, _, floor_rate),) = slider_latency.measure(Path(scratch), PRESSES // 4, cells)
        bare = Path(scratch, "display.html")
        bare.write_text(DISPLAY, encoding="utf-8")
        addresses = {"display": bare.as_uri()} | {
            name: (folder / "en" / f"{lessons()[slug].name}.html").as_uri() for name, slug in LIVE.items()
        }
        print(f"{FLOOR}: {floor:.1f} ms, {floor_rate:.0f} pictures/s")
        for name, throttled in itertools.product(addresses, (False, True)):
            with devtools.page(addresses[name]) as page:
                page.wait_for("document.readyState === 'complete'")
                page.evaluate(UNFOLD)
                page.evaluate(WATCH)
                pressed = Pressed(page, name)
                if throttled:
                    page.send("Emulation.setCPUThrottlingRate", rate=4)
                median, rate = pressed.median(PRESSES), pressed.rate()
            wanted = "0.7" if throttled else "0.4; 2 (clip, gae)"
            print(
                f"{name}{', throttled' * throttled}: {median:.1f} ms, {median / floor:.2f} of the floor; "
                f"{rate:.0f} pictures/s, {rate / floor_rate:.1f} of the floor (wanted: {wanted})",
                flush=True,
            )


def present(folder):
    """Print what is wrong with any slide, and how small the type of each lesson gets."""
    print("| page | screen | steps | smallest type, % of height | sliders moved | notes followed | wrong |")
    print("|---|---|---|---|---|---|---|")
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*/*.html"))}
    every = [path for path, text in pages.items() if 'class="present"' in text]
    steps = wrong = 0
    with chromium.opened() as chrome:
        for path, screen in itertools.product(every, slides.SCREENS):
            row, told = presented(chrome, path, screen)
            steps, wrong = steps + row[1], wrong + row[-1]
            name = path.relative_to(folder).with_suffix("").as_posix()
            print(f"| {name} | {' | '.join(map(str, row))} |", *told[:6], sep="\n    ", flush=True)
    print(f"{len(every)} pages, {steps} steps, {wrong} wrong (wanted: 0)")


def presented(chrome, path, screen):
    """Return the row of a page in the table of `present`, and what is wrong, in words."""
    context = chrome.new_context(viewport=dict(zip(("width", "height"), screen, strict=True)))
    failed, moved = [], set()
    context.on("weberror", lambda error: failed.append(str(error.error)))
    page = context.new_page()
    page.goto(f"{path.as_uri()}?present")
    page.wait_for_function(slides.READY)
    followed = _notes_follow(context, page, path)
    page.keyboard.press("Home")
    steps, wrong = slides.drive(page, lambda: _move_sliders(page, moved))
    context.close()
    wrong += failed + ["the presenter's window does not follow"] * (followed is False)
    told = {True: "yes", False: "no", None: "has none"}[followed]
    smallest = f"{100 * min(seen['type'] for seen in steps):.1f}"
    return [f"{screen[0]} x {screen[1]}", len(steps), smallest, len(moved), told, len(wrong)], wrong


_STEP = "document.querySelector('.slide-foot progress').value"
_FIGURES = """[...document.querySelectorAll('.live')]
  .filter(each => each.checkVisibility()).map(each => each.dataset.live)"""


def _move_sliders(page, moved):
    """Move the first slider of each picture that is not in `moved` yet; return what is wrong then."""
    wrong = []
    for name in set(page.evaluate(_FIGURES)) - moved:
        figure = page.locator(f"[data-live='{name}']")
        if not figure.locator("input[type=range]").count():
            continue
        page.wait_for_function(f"document.querySelector('[data-live=\"{name}\"]').dataset.ready")
        slider, panel = figure.locator("input[type=range]").first, figure.locator(".panel:visible")
        before, picture = page.evaluate(_STEP), panel.inner_html()
        slider.focus()
        # From the last place there is no way on.
        on = slider.evaluate("each => +each.value < +each.max")
        page.keyboard.press("ArrowRight" if on else "ArrowLeft")
        if page.evaluate(_STEP) != before or panel.inner_html() == picture:
            wrong.append(f"the slider of {name} moves the slide, or not its picture")
        moved.add(name)
    return wrong


def _notes_follow(context, page, path):
    """Return whether the presenter's window goes from section to section, too; None without notes."""
    with context.expect_page() as found:
        page.keyboard.press("s")
    second = found.value
    if (path.parent / "notes" / f"{path.stem}.js").read_text(encoding="utf-8") == "ppoNotes({});\n":
        return None
    second.locator(".presenter .do tbody tr").first.wait_for()
    shown = set()
    while page.evaluate(_STEP) < 12:
        page.keyboard.press("PageDown")
        heading = page.locator(".slide-head h1").inner_text()
        if re.match(r"\d+\. ", heading):
            second.wait_for_timeout(50)
            there, plan = (second.locator(f".presenter {each}").inner_text() for each in ("h2", ".plan"))
            shown.add((heading, there, bool(plan)))
    return bool(shown) and all(heading == there and planned for heading, there, planned in shown)


def main(folder, *parts):
    every = {"sizes": sizes, "speed": speed, "pages": pages, "firefox": firefox, "present": present}
    for part in parts or every:
        every[part](folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), *sys.argv[2:])
