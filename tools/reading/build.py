"""The whole edition: tables of the explorers, pages of the lessons, and what stands around them."""

import base64
import concurrent.futures
import functools
import hashlib
import io
import itertools
import json
import math
import os
import shutil
import subprocess
import tomllib
from pathlib import Path

import jinja2
import nbformat
from PIL import Image

import ppo_edu
from ppo_edu import explorers
from ppo_edu.language import LANGUAGES
from ppo_edu.language.lessons import lessons
from reading import live, marked, slides, symbols, trainings
from reading.lesson import Body, explorer_called, shown_by

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NOTEBOOKS = ROOT / "notebooks"
WORDS = tomllib.loads((HERE / "words.toml").read_text(encoding="utf-8"))
SIZES = ("w", "n")
_PAGEFIND = ("npx", "--yes", "pagefind@1.6.0")
_APART = {"exercises", "jupyter", "lessons.toml", "glossary.toml", "exercises.en.toml", "exercises.ko.toml"}


def make(folder, *, only=None, cache=None, jobs=2, address="", served_at="", notebooks=NOTEBOOKS):
    """Write the edition into `folder`.

    Parameters
    ----------
    folder : Path
    only : str, optional
        The slug of the one lesson to write; all, and the pages around them, if not given.
    cache : Path, optional
        Where tables are kept: they are drawn anew only after a change to what draws them.
    jobs : int
        Processes that draw tables.
    address : str
        Where the notebooks can be opened, such as a repository's, ending in a slash; no links if empty.
    served_at : str
        Where the pages will be, ending in a slash: messengers want the whole address of a preview.
    """
    listed = [
        entry
        for entry in lessons().values()
        if all((notebooks / each / f"{entry.name}.ipynb").exists() for each in LANGUAGES)
    ]
    chosen = [entry for entry in listed if only in (None, entry.slug)]
    if only is None:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    read = {
        (entry.slug, each): nbformat.read(notebooks / each / f"{entry.name}.ipynb", as_version=4)
        for entry in chosen
        for each in LANGUAGES
    }
    used = {"clip"} | {name for notebook in read.values() for name in explorers_in(notebook)}
    tables = draw(sorted(used), cache, jobs)
    for path in (HERE / "assets").iterdir():
        # Each language has a script of slides of its own.
        if path.name != "present.js":
            shutil.copy(path, folder / path.name)
    search = (folder / "pagefind").is_dir() if only else _can_index()
    about = {"lessons": listed, "search": search, "served_at": served_at}
    for language in LANGUAGES:
        ppo_edu.use_language(language)
        for each in ("live", "notes"):
            (folder / language / each).mkdir(parents=True, exist_ok=True)
        (folder / language / "present.js").write_text(slides.script(WORDS[language]), encoding="utf-8")
        for name in used:
            for layout, size in zip(tables[name, language], SIZES, strict=True):
                script = live.script(f"{name}.{size}", layout.data)
                (folder / language / "live" / f"{name}.{size}.js").write_bytes(script)
        for entry in chosen:
            _lesson(folder, language, entry, read[entry.slug, language], tables, address, about, notebooks)
    _around(folder, tables, about)
    return folder


def explorers_in(notebook):
    """Yield the names of the explorers, and of the trainings, that a notebook shows."""
    for cell in notebook.cells:
        name = shown_by(cell.source) if cell.cell_type == "code" else None
        if name in dir(explorers) or name in trainings.SHOWN:
            yield name


def draw(names, cache=None, jobs=2):
    """Return the layouts of explorers, {(name, language): (wide, small)}."""
    key = _fingerprint() if cache else None
    found, missing = {}, []
    for name, language in itertools.product(names, LANGUAGES):
        kept = cache / f"{name}-{language}-{key}.json" if cache else None
        if kept is not None and kept.exists():
            found[name, language] = _unpacked(json.loads(kept.read_text(encoding="utf-8")))
        else:
            missing.append((name, language))
    # The slowest first.
    missing.sort(key=lambda which: -_states(which[0]))
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        futures = {pool.submit(draw_one, *which): which for which in missing}
        for future in concurrent.futures.as_completed(futures):
            (name, language), packed = futures[future], future.result()
            if cache:
                cache.mkdir(parents=True, exist_ok=True)
                for old in cache.glob(f"{name}-{language}-*.json"):
                    old.unlink()
                (cache / f"{name}-{language}-{key}.json").write_text(
                    json.dumps(packed, ensure_ascii=False), encoding="utf-8"
                )
            found[name, language] = _unpacked(packed)
    return found


def draw_one(name, language):
    """Return both layouts of one explorer as JSON takes them, [wide, small]."""
    ppo_edu.use_language(language)
    explorer = explorer_called(name)
    made = [live.layout(explorer, f"{name}-{size}-", narrow=size == "n") for size in SIZES]
    return [[each.svg, each.said, base64.b64encode(each.data).decode("ascii")] for each in made]


def _unpacked(packed):
    return tuple(live.Layout(svg, said, base64.b64decode(data)) for svg, said, data in packed)


def _states(name):
    return math.prod(len(control.places()) for control in explorer_called(name).controls)


def _fingerprint():
    """Return what changes with anything that an explorer's table is made of."""
    seen = hashlib.sha256()
    drawers = [HERE / f"{name}.py" for name in ("recorder", "tables", "narrow", "live", "trainings")]
    # What lessons and exercises say is in no table.
    course = (path for path in sorted((ROOT / "ppo_edu").rglob("*")) if not _APART & {*path.parts, path.name})
    for path in [*course, *drawers, trainings.RECORDED]:
        if path.suffix in (".py", ".toml", ".npz", ".csv"):
            seen.update(path.read_bytes())
    return seen.hexdigest()[:16]


@functools.cache
def _template():
    loader = jinja2.FileSystemLoader(HERE / "templates")
    return jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True).get_template("page.html")


def _page(language, name, body, **more):
    other = "en" if language == "ko" else "ko"
    given = {
        "language": language,
        "other": other,
        "words": WORDS[language],
        "name": name,
        "base": "../",
        "home": "index.html",
        "other_page": f"../{other}/{name}.html",
        "body": body,
        "headings": [],
        "description": WORDS[language]["description"],
    }
    return _template().render(given | more)


def _lesson(folder, language, entry, notebook, tables, address, about, notebooks):
    here = folder / language

    def save(name, content):
        path = here / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    run = f"{address}notebooks/{language}/{entry.name}.ipynb" if address else ""
    body = Body(notebook, entry.name, WORDS[language], lambda name: tables[name, language], save, run)
    listed = about["lessons"]
    place = [each.slug for each in listed].index(entry.slug)
    page = _page(
        language,
        entry.name,
        symbols.named(body.html, language),
        title=entry.heading(language),
        headings=body.headings,
        description=entry.question[language],
        presented=True,
        **about,
        before=listed[place - 1] if place else None,
        after=listed[place + 1] if place + 1 < len(listed) else None,
    )
    (here / f"{entry.name}.html").write_text(page, encoding="utf-8")
    notes = slides.notes(entry.slug, language, body.headings, notebooks)
    (here / "notes" / f"{entry.name}.js").write_text(notes, encoding="utf-8")


def _around(folder, tables, about):
    """Write what is no lesson: the first page, that of a wrong address, that of the search, the previews."""
    for language in LANGUAGES:
        ppo_edu.use_language(language)
        words = WORDS[language]
        given = about | {"title": words["site"]}
        body = _landing(language, tables["clip", language], about["lessons"])
        (folder / language / "index.html").write_text(
            _page(language, "index", body, **given), encoding="utf-8"
        )
        if about["search"]:
            body = f'<h1>{words["search"]}</h1><p class="offline">{words["search_offline"]}</p><div id="search"></div><p class="none" role="status" hidden>{words["search_none"]}</p>'
            page = _page(language, "search", body, **given | {"title": words["search"]})
            page = page.replace(" data-pagefind-body", "").replace("</body>", _SEARCH + "</body>")
            (folder / language / "search.html").write_text(page, encoding="utf-8")
        _preview(folder / f"preview_{language}.png")
    (folder / "index.html").write_text(_DOOR, encoding="utf-8")
    words = WORDS["ko"]["missing"], WORDS["en"]["missing"]
    # A host shows it at any address, so what it points to is only found by whole ones.
    base = about["served_at"]
    links = "".join(
        f'<p><a lang="{each}" href="{base}{each}/index.html">{WORDS[each]["home"]}</a></p>'
        for each in LANGUAGES
    )
    lost = f'<h1>404</h1><p lang="ko">{words[0]}</p><p lang="en">{words[1]}</p>{links}'
    page = _page(
        "en",
        "index",
        lost,
        **about | {"search": False},
        title="404",
        base=base,
        home=f"{base}index.html",
        other_page=f"{base}ko/index.html",
    )
    (folder / "404.html").write_text(page, encoding="utf-8")
    (folder / ".nojekyll").touch()
    if about["search"]:
        index(folder)


def _landing(language, layouts, listed):
    words = WORDS[language]
    figure = live.figure(explorers.clip(), "clip", *layouts, words)
    rows = "".join(
        f'<li><a href="{entry.name}.html"><b>{entry.heading(language)}</b></a> <small>{words["minutes"].format(entry.minutes)}</small>'
        f"<br>{marked.inline(entry.question[language])}</li>"
        for entry in listed
    )
    return (
        f'<h1>{words["site"]}</h1><p class="lead">{words["lead"]}</p><p>{words["try_it"]}</p>{figure}'
        f'<p><a class="begin" href="{listed[0].name}.html">{words["begin"]}</a></p>'
        f'<h2>{words["lessons"]}</h2><ul class="lessons">{rows}</ul><p>{words["made"]}</p>'
    )


def _preview(path):
    """Draw the picture that a messenger shows beside a link."""
    picture = Image.open(io.BytesIO(explorers.clip().draw())).convert("RGB")
    picture.thumbnail((1160, 590))
    card = Image.new("RGB", (1200, 630), "white")
    card.paste(picture, ((1200 - picture.width) // 2, (630 - picture.height) // 2))
    card.quantize(64).save(path, optimize=True)


def _can_index():
    """Return whether Pagefind is to be had, which comes with npx; without it the pages have no search."""
    command = [shutil.which("npx") or "", *_PAGEFIND[1:], "--version"]
    try:
        return not subprocess.run(command, capture_output=True, timeout=180, check=False).returncode
    except (OSError, subprocess.TimeoutExpired):
        return False


def index(folder):
    """Let Pagefind index the pages of both languages."""
    command = [shutil.which("npx"), *_PAGEFIND[1:], "--site", str(folder), "--quiet"]
    subprocess.run(command, check=True, env=os.environ | {"NO_COLOR": "1"})
    # The page has its own few lines for what these do.
    for path in (folder / "pagefind").glob("pagefind-*"):
        if path.suffix in (".js", ".css") and path.name != "pagefind-worker.js":
            path.unlink()


# A reader's own language, or the one chosen before, without a script Korean and English to choose from.
_DOOR = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>PPO</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta property="og:image" content="preview_en.png"><link rel="icon" href="icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="site.css">
<script>let l; try { l = localStorage.getItem('ppo.language') } catch {}
location.replace((l || (navigator.language.startsWith('ko') ? 'ko' : 'en')) + '/index.html')</script></head>
<body><main><h1>PPO</h1><p><a lang="ko" href="ko/index.html">한국어</a></p><p><a lang="en" href="en/index.html">English</a></p></main></body></html>
"""
_SEARCH = """<script type="module">
const box = document.getElementById('search');
if (location.protocol !== 'file:') {
  document.querySelector('.offline').hidden = true;
  const found = await import('../pagefind/pagefind.js'), none = document.querySelector('.none');
  // Addresses from the top of these pages, wherever on a host that is.
  await found.options({ baseUrl: '/' });
  box.innerHTML = '<form role="search"><input type="search" aria-labelledby="main" autofocus></form><ol class="found"></ol>';
  const input = box.querySelector('input'), list = box.querySelector('ol');
  input.setAttribute('aria-label', document.title);
  const look = async () => {
    const result = await found.debouncedSearch(input.value);
    if (!result) return;
    const hits = await Promise.all(result.results.slice(0, 12).map(hit => hit.data()));
    none.hidden = hits.length || !input.value.trim();
    list.replaceChildren(...hits.map(hit => {
      const row = document.createElement('li'), part = hit.sub_results[0] || hit;
      row.innerHTML = `<a href="..${part.url}"></a><p>${part.excerpt}</p>`;
      row.firstChild.textContent = hit.meta.title === part.title ? part.title : hit.meta.title + ' · ' + part.title;
      return row;
    }));
  };
  input.addEventListener('input', look);
  box.firstChild.addEventListener('submit', event => { event.preventDefault(); look(); });
}
</script>
"""
