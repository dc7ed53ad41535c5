"""Korean texts use the course's terms, give each with its English, and use none of the ruled-out words."""

import re
import tomllib
from pathlib import Path

import jupytext
import pytest

import ppo_edu
from ppo_edu.language import catalogue, glossary
from ppo_edu.language.lessons import lessons

ROOT = Path(ppo_edu.__file__).parents[1]

# Their texts are being rewritten elsewhere. When that is done, make this line: NOT_YET = set()
NOT_YET: set[str] = set()


def korean_cells(slug):
    text = (ROOT / "notebooks/source" / f"{slug}.py").read_text(encoding="utf-8")
    cells = jupytext.reads(text, fmt="py:percent").cells
    return [cell.source for cell in cells if cell.metadata.get("lang") == "ko"]


def korean_texts():
    """Yield (where, text) for each Korean text that a learner, or who helps to write the course, reads."""
    for slug, entry in lessons().items():
        yield f"lessons.toml: {slug}", f"{entry.title['ko']}\n{entry.question['ko']}"
        for cell in korean_cells(slug) if slug not in NOT_YET else ():
            yield f"{slug}.py", cell
    for cell in korean_cells("teacher/plan"):
        yield "teacher/plan.py", cell
    words = tomllib.loads((ROOT / "tools/lessons/handbook.toml").read_text(encoding="utf-8"))
    yield "handbook.toml", str(words["ko"])
    yield from catalogue("ko").items()
    for term in glossary.terms():
        yield f"glossary.toml: {term.en}", f"{term.ko}\n{term.meaning['ko']}"
    for name in ("README.ko.md", "CONTRIBUTING.md", "Makefile"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            if re.search("[가-힣]", line):
                yield name, line


def ruled_out_in(text):
    """Return the ruled-out words in `text`, each with what to say instead."""
    return [
        f"{found[0]!r}: {instead}"
        for pattern, instead in glossary.ruled_out().items()
        for found in re.finditer(pattern, text)
    ]


def without_english(text):
    """Return the terms that `text`, a lesson in Markdown, does not give with their English at first mention.

    Headings, code and formulas count as no mention, and a term within a longer term does not either. From the
    table of the glossary on, everything has been given.
    """
    text = text.split("{glossary}")[0]
    text = re.sub(r"(?m)^#+ .*$|`[^`]*`|\$[^$]*\$|\{[^}]*\}", lambda found: " " * len(found[0]), text)
    missing = []
    for term in sorted(glossary.terms(), key=lambda term: -len(term.ko)):
        mention = rf"(?<![가-힣]){re.escape(term.ko)}(\**\s?\([^)]*{re.escape(term.en)})?"
        if (first := re.search(mention, text, re.IGNORECASE)) and not first[1] and not term.everyday:
            around = text[max(first.start() - 20, 0) : first.end() + 20]
            missing.append(f"{term.ko}({term.en}), in …{around}…")
        text = re.sub(re.escape(term.ko), lambda found: " " * len(found[0]), text)
    return missing


def test_no_korean_text_uses_a_ruled_out_word():
    wrong = [f"{where}: {found}" for where, text in korean_texts() for found in ruled_out_in(text)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("slug", [slug for slug in lessons() if slug not in NOT_YET])
def test_each_term_comes_with_its_english_at_first(slug):
    missing = without_english("\n\n".join(korean_cells(slug)))
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize(
    "text",
    [
        "잘린 비율: 0.15",
        "함수를 써 보세요.",
        "그래디언트를 거두자",
        "TRPO는 다섯 걸음으로 갑니다",
        "로그 비율, 곧 0입니다",
        "95 % 구간",
        "스칼라가 아니라 수 하나",
        "다음 줄은 다른 에피소드입니다",
    ],
)
def test_a_ruled_out_word_is_found(text):
    assert ruled_out_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "셀을 실행해 보세요. 함수 하나면 됩니다.",
        "시간이 곧 끝납니다. 곧바로 알려 줍니다.",
        "한 줄이면 준비가 끝났습니다. 세 번째 줄처럼",
        "PPO를 쓰는 사람, 연필로 쓴 노트, 써야 합니다",
        "95% 구간, 거두절미, 걸음을 내딛습니다",
    ],
)
def test_innocent_words_are_let_through(text):
    assert not ruled_out_in(text)


def test_a_term_without_its_english_is_found():
    assert without_english("클리핑은 이렇게 합니다. 클리핑(clipping)이란")
    assert without_english("**어드밴티지**는 (advantage)")
    assert not without_english("# 클리핑\n\n**클리핑**(clipping)입니다. 정책. 클리핑은")
    assert not without_english("정책 그래디언트(policy gradient)")


def test_the_glossary_is_whole():
    raw = tomllib.loads((ROOT / "ppo_edu/language/glossary.toml").read_text(encoding="utf-8"))
    assert len(raw["terms"]) == len({term.ko for term in glossary.terms()})
    for term in glossary.terms():
        assert term.lesson in lessons(), term.ko
        assert set(term.meaning) == {"ko", "en"}, term.ko
        assert re.search("[가-힣]", term.meaning["ko"]), term.ko
        assert not re.search("[가-힣]", term.meaning["en"]), term.ko
