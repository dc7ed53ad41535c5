"""The pages: what they hold, and that both languages have the same places."""

import base64
import io
import json
import re
import unicodedata

import nbformat
import pytest
from lessons.references import resolved
from lessons.teacher import presented
from PIL import Image
from reading import build, live, marked, questions, slides, symbols
from reading.lesson import Body

import ppo_edu
from ppo_edu import exercises
from ppo_edu.drawing import stills
from ppo_edu.exercises.kinds import NumberExercise, PickExercise
from ppo_edu.language.lessons import lessons

EMPTY = live.Layout("<svg></svg>", [], b"")
SLUGS = [
    slug for slug, entry in lessons().items() if (build.NOTEBOOKS / "ko" / f"{entry.name}.ipynb").exists()
]


def body(slug, language):
    entry = lessons()[slug]
    notebook = nbformat.read(build.NOTEBOOKS / language / f"{entry.name}.ipynb", as_version=4)
    ppo_edu.use_language(language)
    try:
        words = build.WORDS[language]
        return Body(notebook, entry.name, words, lambda name: (EMPTY, EMPTY), lambda name, content: None, "n")
    finally:
        ppo_edu.use_language("en")


@pytest.mark.parametrize("slug", ["clip_and_min", "gae"])
def test_both_languages_have_the_same_sections_quizzes_and_predictions(slug):
    korean, english = (body(slug, language) for language in ("ko", "en"))
    assert [heading[:2] for heading in korean.headings] == [heading[:2] for heading in english.headings]
    for what in ('class="predict"', 'class="quiz"', 'class="live"', 'class="stub"'):
        assert korean.html.count(what) == english.html.count(what) > 0, what
    assert "<math" in korean.html
    assert korean.html.count("<div") == korean.html.count("</div>")


def test_nothing_is_asked_of_another_host_nor_said_without_words():
    made = body("clip_and_min", "ko").html
    assert not re.search(r'(?:src|href)="(?:https?:)?//(?!arxiv)', re.sub(r"<a [^>]*>", "", made))
    assert not re.search(r'<img(?![^>]*alt="[^"]+)', made)
    assert "$" not in re.sub(r"<(pre|code).*?</\1>", "", made, flags=re.DOTALL)


def test_the_edition_says_the_same_in_both_languages():
    assert build.WORDS["ko"].keys() == build.WORDS["en"].keys()


@pytest.mark.parametrize("name", exercises.names())
def test_a_quiz_gives_the_verdicts_of_the_check(name):
    task = exercises.exercise_called(name)
    if isinstance(task, PickExercise):
        quiz = questions.verdicts(task)
        right = "".join(sorted(task.right))
        assert [answer for answer, place in quiz["table"].items() if quiz["said"][place][0]] == [right]
    elif isinstance(task, NumberExercise):
        quiz = questions.numbers(task)
        passed = [number for number, _, place in quiz["table"] if quiz["said"][place][0]]
        assert passed == [task.right] and not quiz["said"][quiz["other"]][0]


def test_code_is_marked_where_it_has_a_colour_and_nowhere_else():
    made = marked.code("def f(x):\n    return x < 2  # two")
    assert marked.plain(made) == "def f(x):\n    return x < 2  # two"
    assert re.findall(r'class="(\w+)"', made) == ["k", "nf", "k", "mi", "c1"]
    style = (build.HERE / "assets" / "site.css").read_text(encoding="utf-8")
    (line,) = [each for each in style.splitlines() if each.startswith(".k, ")]
    assert {*re.findall(r"\.(\w+)(?=[ ,])", line)} == {*marked.COLOURED.split()}


def test_a_formula_becomes_mathml():
    assert marked.formula(r"\frac{a}{b}").startswith("<math")


@pytest.mark.parametrize(
    ("language", "words"), [("ko", "ε 엡실론 입실론 epsilon λ 람다 lambda"), ("en", "ε epsilon λ lambda")]
)
def test_a_section_is_found_by_the_names_of_its_letters(language, words):
    formula = marked.text(r"$A_\lambda + \epsilon$")
    body = f'<p>a</p><h2 id="s1">One</h2>{formula}<h2 id="s2">Two</h2><svg>γ</svg>'
    made = symbols.named(body, language)
    assert re.findall(
        r'<h2 data-symbols="([^"]*)" data-pagefind-index-attrs="data-symbols" id="s1">', made
    ) == [words]
    assert made.count("data-symbols=") == 1 and re.sub(r" data-[^>]*symbols\"", "", made) == body


def test_every_greek_letter_of_the_lessons_has_a_name():
    texts = (path.read_text(encoding="utf-8") for path in (build.NOTEBOOKS / "source").glob("*.py"))
    formulas = {formula for text in texts for formula in re.findall(r"\$[^$\n]+\$", text)}
    made = unicodedata.normalize("NFKC", "".join(marked.plain(marked.text(each)) for each in formulas))
    greek = {letter.lower() for letter in made if "GREEK" in unicodedata.name(letter, "")}
    assert {"λ", "ε"} < greek <= {*symbols.NAMES}


def test_every_cell_of_a_table_has_a_head_with_words():
    made = marked.text("| | $r<1$ | b |\n|---|---|---|\n| $A$ | 1 | |\n| c | 2 | 3 |")
    assert "<th></th>" not in made and '<math aria-label="r&lt;1"' in made
    assert re.findall(r"<th\b[^>]*>", made) == ["<th>", "<th>", '<th scope="row">', '<th scope="row">']
    assert made.count('<math aria-label="A"') == 1 and made.count("<td") == 5
    plain = marked.text("| a | b |\n|---|---|\n| $c$ | 1 |")
    assert plain.count("<th>") == 2 and "aria-label" not in plain and "scope" not in plain


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_link_to_a_section_leads_to_its_place_in_the_page(language):
    named = {"ko": "{lesson:gae} 5–6절", "en": "{lesson:gae}, sections 5 and 6"}[language]
    cells = [nbformat.v4.new_markdown_cell(resolved(named, "questions", language))]
    notebook = nbformat.v4.new_notebook(cells=cells)
    made = Body(notebook, "questions", build.WORDS[language], None, None, "").html
    assert f'href="{lessons()["gae"].name}.html#section-5"' in made
    there = body("gae", language).html
    heading = there.partition('id="section-5"')[2].partition("</h2>")[0]
    assert heading.startswith("></span>5. ")


@pytest.mark.parametrize("moves", [True, False])
def test_a_page_does_not_say_how_to_run_a_cell_in_its_pictures(moves):
    frames = [
        Image.new("RGB", (300, 80), colour) for colour in (("#0072b2", "#d55e00") if moves else ("#0072b2",))
    ]
    said = [stills.captioned(frame, ppo_edu.t("page.in_motion")) for frame in frames]
    png = stills.animated_png(said) if moves else _png(said[0])
    about = {"width": 300, "height": said[0].height, "words_height": said[0].height - 80, "alt": "a picture"}
    output = nbformat.v4.new_output(
        "display_data", {"image/png": base64.b64encode(png).decode()}, metadata={"image/png": about}
    )
    cells = [nbformat.v4.new_markdown_cell("# One"), nbformat.v4.new_code_cell("look()", outputs=[output])]
    saved = {}
    made = Body(nbformat.v4.new_notebook(cells=cells), "one", build.WORDS["en"], None, saved.__setitem__, "")
    assert 'height="80"' in made.html and len(saved) == 1 + moves
    for content in saved.values():
        picture = Image.open(io.BytesIO(content))
        assert picture.size == (300, 80)
        # The words are dark upon white.
        assert len(picture.convert("RGB").getcolors()) == 1


def _png(image):
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


# What only a page that is presented asks for


def _read(script, function):
    """Return what a script hands to a function."""
    return json.loads(re.fullmatch(rf".*?\b{function}\((.*)\);\n", script, re.DOTALL)[1])


@pytest.mark.parametrize(("slug", "language"), [("clip_and_min", "ko"), ("gae", "en")])
def test_a_presenter_gets_the_aim_the_notes_of_each_section_and_the_questions(slug, language):
    headings = body(slug, language).headings
    found = _read(slides.notes(slug, language, headings), "ppoNotes")
    written, plan = presented(slug, language), found["plan"]
    assert [*plan] == [anchor for level, anchor, _ in headings if level == 2]
    assert [each["minutes"] for each in plan.values()] == [each.minutes for each in written.sections]
    assert [each["short"] for each in plan.values()] == [each.short for each in written.sections]
    assert all("<strong>" in each["do"] for each in plan.values())
    assert len(found["questions"]) == 3 and all(each.startswith("<strong>") for each in found["questions"])
    said = [found["aim"], *found["questions"], *(each["do"] + each["ask"] for each in plan.values())]
    assert all(said) and not any(sign in words for words in said for sign in ("**", "$", ".ipynb"))
    with pytest.raises(ValueError, match=slug):
        slides.notes(slug, language, headings[:-1])


def test_a_page_that_is_no_lesson_has_no_notes():
    assert _read(slides.notes("questions", "en", []), "ppoNotes") == {}


def test_each_language_has_a_script_that_says_the_same():
    ko, en = (build.WORDS[language]["present"] for language in ("ko", "en"))
    assert ko.keys() == en.keys() and [keys for keys, _ in ko["keys"]] == [keys for keys, _ in en["keys"]]
    script = slides.script(build.WORDS["ko"])
    assert script.endswith(f"present({json.dumps(ko, ensure_ascii=False, separators=(',', ':'))});\n")
    # Each word that the script asks for is there.
    assert {*re.findall(r"\bwords\.(\w+)", script)} <= {*ko}
