"""Whether what the pages point to is there: pages, places in them, pictures, scripts, tables."""

import functools
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_POINTING = ("href", "src", "data-moving")
_NAMING = ("aria-labelledby", "aria-describedby", "for", "data-after")


class _Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.anchors, self.targets = set(), []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if "id" in given:
            self.anchors.add(given["id"])
        self.targets += [given[name] for name in _POINTING if given.get(name)]
        self.targets += [f"#{name}" for key in _NAMING for name in (given.get(key) or "").split()]
        if "data-live" in given:
            self.targets += [f"live/{given['data-live']}.{size}.js" for size in ("w", "n")]


def broken(folder):
    """Return what the pages in `folder` point to and is not there, a list of (page, target); fragments count."""

    @functools.cache
    def read(path):
        page = _Page()
        page.feed(path.read_text(encoding="utf-8"))
        return page

    found = []
    for path in sorted(Path(folder).rglob("*.html")):
        for target in read(path).targets:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            there = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not there.is_file() or (
                parts.fragment
                and there.suffix == ".html"
                and unquote(parts.fragment) not in read(there).anchors
            ):
                found.append((path.relative_to(folder).as_posix(), target))
    return found
