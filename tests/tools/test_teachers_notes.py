"""The teacher's notes fit the lessons, and the pages that are made of them are as the sources say."""

import re

import pytest
from lessons import __main__ as command
from lessons import handbook, navigation, timing
from lessons import source as sources
from lessons.notebook import build
from lessons.teacher import DOING, SHORT, Notes, presented

from ppo_edu import exercises
from ppo_edu.language import LANGUAGES, speaking

ROOT = sources.NOTEBOOKS.parent
WITHOUT_NOTES = {"questions"}
NOTED = {lesson.slug: lesson for lesson in sources.find_lessons() if lesson.slug not in WITHOUT_NOTES}
MEETING, AIR = 90, 5

TOY = """\
# %% [markdown] lang="ko"
# # {title}
#
# {minutes}분쯤

# %% [markdown] lang="en"
# # {title}
#
# About {minutes} minutes

# %% tags=["language"]
import ppo_edu

ppo_edu.use_language("en")

# %% [markdown] lang="ko"
# ## 1. 하나
#
# ### 작은 제목

# %% [markdown] lang="en"
# ## 1. One
#
# ### Small

# %%
print(1)

# %% [markdown] lang="ko"
# ## 연습

# %% [markdown] lang="en"
# ## Exercises

# %% tags=["exercise-probability_ratio"]
def probability_ratio(log_prob, old_log_prob): ...


# %% [markdown] lang="ko" tags=["teacher"]
# **목표** 해 봅니다.
#
# | 섹션 | 분 | 45분 수업 | 할 일 | 물을 것 |
# |---|---|---|---|---|
# | {section:하나} | 30 | 30 | **보여 주기** {lesson:gae}까지 | 왜? |
# | {section:연습} | 20 | 10 | **해 보게 하기** 모두 | |
# | 이야기 | 10 | - | **이야기하기** | |
#
# {sums}
#
# ## 토론거리
#
# 1. **왜 그럴까요?** 이유가 있습니다.

# %% [markdown] lang="en" tags=["teacher"]
# **Aim** To try.
#
# | section | minutes | 45-minute class | do | ask |
# |---|---|---|---|---|
# | {section:One} | 30 | 30 | **Show** it before {lesson:gae} | Why? |
# | {section:Exercises} | 20 | 10 | **Have them try** all | |
# | Talk | 10 | - | **Talk** | |
#
# {sums}
#
# ## To discuss
#
# 1. **Why is that so?** For a reason.
"""


def folder_with(tmp_path, text=TOY):
    (tmp_path / "source").mkdir(exist_ok=True)
    (tmp_path / "source" / "ratio.py").write_bytes(text.encode("utf-8"))
    return tmp_path


def plan(language):
    """Return the page of the meetings, as the sources make it."""
    notes = {(slug, language): Notes(lesson, language) for slug, lesson in NOTED.items()}
    return handbook.page_of_plan(language, notes)


def notes_of(text, language="en"):
    return Notes(sources.Lesson(ROOT / "ratio.py", text), language)


# The notes of the course


@pytest.mark.parametrize("slug", NOTED)
def test_every_lesson_has_notes_that_fit_it(slug):
    ko, en = (Notes(NOTED[slug], language) for language in LANGUAGES)
    assert ko.rows and not ko.problems + en.problems
    assert slug in timing.recorded()
    assert ko.table() == en.table()
    for notes in (ko, en):
        assert [row.section for row in notes.rows if row.section is not None] == [*range(len(notes.headings))]
        assert len(re.findall(r"(?m)^\d\. \*\*[^*]*\?\*\*|^\d\. \*\*.*\?\*\* ", notes.text)) == 3
        assert len(re.findall(r"(?m)^## ", notes.text)) == 4


@pytest.mark.parametrize(("language", "readme"), [("ko", "README.ko.md"), ("en", "README.md")])
def test_the_minutes_of_the_sections_add_up_to_those_of_the_readme(language, readme):
    text = (ROOT / readme).read_text(encoding="utf-8")
    for slug, lesson in NOTED.items():
        (told,) = re.findall(
            rf"\({re.escape(f'notebooks/{language}/{lesson.name}.ipynb')}\) \|.*\| (\d+) \|", text
        )
        assert Notes(lesson, language).sums()["reading"] == int(told), slug


def test_each_lesson_fits_in_its_short_time_and_the_lesson_s_heart_is_kept():
    for slug, lesson in NOTED.items():
        sums = Notes(lesson, "en").sums()
        assert sums["short"] <= SHORT and sums["short"] <= sums["total"], slug


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_plan_has_six_meetings_and_each_has_air(language):
    text = plan(language)
    times = re.findall(r"(?m)^\| \d \|[^|]*\| ([\d +]+) \|", text)
    assert len(times) == 6
    assert all(60 <= sum(map(int, minutes.split("+"))) <= MEETING - AIR for minutes in times), times


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_plan_sends_whoever_leads_to_pages_for_teachers_and_the_others_to_lessons(language):
    rows = re.findall(r"(?m)^\| \d \|([^|]*)\|[^|]*\|([^|]*)\|", plan(language))
    leading, at_home = (re.findall(r"\]\(([^)]+)\)", "".join(column)) for column in zip(*rows, strict=True))
    assert leading and all(re.fullmatch(r"\d\d_\w+\.md", link) for link in leading)
    assert at_home and all(link.startswith(f"../../{language}/") for link in at_home), at_home


def test_every_link_on_a_page_leads_to_a_file():
    for path in sorted((sources.NOTEBOOKS / "teacher").glob("*/*.md")):
        for link in re.findall(r"\]\((?!https:)([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / link).exists(), (path.name, link)


def test_a_presenter_gets_the_notes_section_by_section():
    for slug, lesson in NOTED.items():
        for language in LANGUAGES:
            found = presented(slug, language)
            assert [each.heading for each in found.sections] == navigation.sections(lesson, language)
            assert len(found.questions) == 3
            said = [found.aim, *found.questions, *(each.do + each.ask for each in found.sections)]
            assert not any("{" in re.sub(r"\$[^$]*\$", "", words) for words in said)


def test_nothing_for_teachers_is_in_a_lesson():
    for lesson in NOTED.values():
        for language in LANGUAGES:
            text = "\n".join(cell.source for cell in build(lesson, language).cells)
            assert not any(said[language] in text for said in DOING.values())
            assert "{section:" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_known_mistakes_are_what_the_checks_say(language):
    with speaking(language):
        for name in exercises.names():
            exercise = exercises.exercise_called(name)
            known = exercise.known_mistakes() if hasattr(exercise, "known_mistakes") else {}
            assert known or name.startswith("bug_"), name
            for said, answers in known.items():
                for answer in answers[:3]:
                    result = exercise.check(answer)
                    assert not result.passed and result.message == said, (name, answer)


EXERCISE_ON_A_PAGE = r"(?ms)^\*\*\[[^\n]*`{}` · [^\n]*\n(.*?)(?=^\*\*\[|^## )"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_shows_to_each_exercise_what_is_right(language):
    # That a solution passes its check is tested beside each exercise.
    found, problems = handbook.pages()
    assert not problems
    pages = "\n".join(found[name] for name in found if name.startswith(f"{language}/"))
    for name in exercises.names():
        exercise = exercises.exercise_called(name)
        (part,) = re.findall(EXERCISE_ON_A_PAGE.format(name), pages)
        (right,) = re.findall(r"(?s)^(?:- [^\n]*\n\n)?<details>.*?\n\n(.*?)\n\n</details>", part.strip())
        if name.startswith("bug_"):
            wrong, mended = (
                "\n".join(line[2:] for line in right.split("```")[1].splitlines()[1:] if line[0] in kept)
                for kept in (" -", " +")
            )
            assert wrong in exercise.family.code(exercise.number).text and mended in exercise.solution_text
        elif "```" in right:
            assert right == f"```python\n{exercise.solution_text}\n```"
        else:
            answer, said = re.fullmatch(r"- \*\*(.+?)\*\*: (.+)", right).groups()
            with speaking(language):
                result = exercise.check(answer)
            assert result.passed and result.message == said and len(said) > 50


def test_the_mistake_of_a_function_is_told_in_the_same_words():
    exercise = exercises.exercise_called("largest_step")
    said = exercise.known_mistakes()
    for _, mistake in exercise.mistakes()[:3]:
        assert any(words in exercise.check(mistake).message for words in said)


# What is made of a lesson


def test_pages_are_written_without_running_a_notebook_and_then_pass_the_check(tmp_path, capsys):
    folder = folder_with(tmp_path)
    assert command.main(["--agree", "ratio"], folder) == 0
    assert command.main(["--teacher"], folder) == 0
    assert handbook.check(folder) == []
    assert not list(folder.rglob("*.ipynb"))
    page = (folder / "teacher" / "en" / "03_ratio.md").read_text(encoding="utf-8")
    link = "[1. One](../../en/03_ratio.ipynb#1.-One)"
    assert f"| {link} | 30 | 30 | **Show** it before [lesson 05](../../en/05_gae.ipynb) | Why? |" in page
    assert (
        "Sections 30 minutes (as the lesson says) + exercises 20 + talk 10 = **60 minutes**; **40** in"
        in page
    )
    assert "[한국어](../ko/03_ratio.md)" in page and "{" not in page


def test_another_number_before_a_heading_changes_the_link_and_nothing_else():
    before, after = notes_of(TOY), notes_of(TOY.replace("## 1. One", "## 7. One"))
    assert not before.problems and not after.problems
    assert before.table() == after.table()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("| {section:One} | 30", "| Something | 30", "no row for the section '1. One'"),
        ("{section:One}", "{section:Two}", "{section:Two} fits 0 of the sections"),
        ("## 1. One", "## Exercises, One", "{section:Exercises} fits 2 of the sections"),
        ("# ### Small", "# ## 2. More", "no row for the section '2. More'"),
        ("{section:Exercises}", "{section:One}", "not in the order of the sections"),
        ("{section:One} | 30", "{section:One} | 29", "take 29 minutes, and lessons.toml gives 30"),
        (
            "{section:Exercises} | 20 | 10",
            "{section:Exercises} | 20 | 16",
            "the short version takes 46 minutes",
        ),
        (
            "{section:Exercises} | 20 | 10",
            "{section:Exercises} | 20 | -",
            "the short version takes 30 minutes",
        ),
        ("{section:One} | 30 | 30", "{section:One} | 0 | 30", "needs minutes twice"),
        ("**Show** it", "Show it", "then one of **Show**, **Have them predict**"),
        ("**Aim** To", "Aim: to", "there is no aim, or nothing to discuss"),
        ("1. **Why is", "**Why is", "there is no aim, or nothing to discuss"),
    ],
)
def test_notes_that_do_not_fit_the_lesson_are_told(old, new, told):
    assert TOY.count(old) == 1
    problems = notes_of(TOY.replace(old, new)).problems
    assert any(told in problem for problem in problems), problems


def test_languages_with_different_tables_are_told(tmp_path):
    folder = folder_with(tmp_path, TOY.replace("| 이야기 | 10 |", "| 이야기 | 15 |"))
    found, problems = handbook.pages(folder)
    assert problems == ["ratio.py: teacher's notes: the two languages have different tables"]
    assert not found and handbook.write(folder) == problems


def test_the_check_notices_a_page_that_is_stale_missing_or_without_a_source(tmp_path):
    folder = folder_with(tmp_path)
    assert handbook.write(folder) == []
    folder_with(tmp_path, TOY.replace("Why?", "How?").replace("왜?", "어떻게?"))
    assert handbook.check(folder) == [
        f"teacher/{each}/03_ratio.md is not what the sources make: python -m lessons --teacher"
        for each in LANGUAGES
    ]
    (folder / "teacher" / "ko" / "03_ratio.md").rename(folder / "teacher" / "ko" / "99_old.md")
    told = "\n".join(handbook.check(folder))
    assert "teacher/ko/03_ratio.md is missing" in told and "ko/99_old.md: has no source" in told
    assert handbook.write(folder) == handbook.check(folder) == []


def timed(folder):
    (folder / "source" / "teacher").mkdir()
    seconds = f'[ratio]\n"{sources.fingerprint("print(1)")}" = 3.2\n'
    (folder / "source" / "teacher" / "seconds.toml").write_text(seconds, encoding="utf-8")
    return folder


def test_a_timed_cell_that_was_changed_is_told(tmp_path):
    folder = timed(folder_with(tmp_path))
    assert handbook.write(folder) == handbook.check(folder) == []
    folder_with(tmp_path, TOY.replace("print(1)", "print(2)"))
    assert handbook.write(folder) == []
    assert handbook.check(folder) == [
        "ratio.py: 1 of its timed cells are no more: python -m lessons --time ratio"
    ]


def test_seconds_of_a_cell_are_told_with_those_of_thirty_at_once(tmp_path):
    folder = timed(folder_with(tmp_path, TOY.replace("{sums}", "{machine}")))
    page = handbook.pages(folder)[0]["en/03_ratio.md"]
    assert (
        f"[1. One](../../en/03_ratio.ipynb#1.-One) | 3 s | {round(3.2 * timing.AT_ONCE, -1):.0f} s |" in page
    )
