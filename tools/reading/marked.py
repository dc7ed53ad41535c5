"""Markdown, code and formulas as HTML, without a script and without anything from elsewhere."""

import functools
import html
import re

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

_FORMATTER = HtmlFormatter(nowrap=True)
# What site.css has a colour for.
COLOURED = "k kn kc ow s1 s2 sa sd si se sx mi mf c1 nf nc nd fm"
_PLAIN = re.compile(rf'<span class="(?!(?:{COLOURED.replace(" ", "|")})")\w+">([^<]*)</span>')
_LONG = 24  # letters of a formula that may be wider than a phone
_INLINE = re.compile(r'<span class="math inline">(.*?)</span>', re.DOTALL)
_FUNCTION = re.compile(r"(<mi>(?:log|exp|ln|clip)</mi>)(<m(?:i|sub|sup|frac|n)\b)")
# A section with a number has that number for an anchor; a notebook's anchors are its headings, word for word.
_LINK = re.compile(r'href="((?:\d\d_)?\w+)\.ipynb(?:#(\d+)\.-[^"]*)?')
_TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
_EMPTY_HEAD = re.compile(r"<th([^>]*)></th>")
_HEAD = re.compile(r"<th\b.*?</th>", re.DOTALL)
_FIRST_CELL = re.compile(r"<tr>\s*<td([^>]*)>((?:(?!</td>).)+)</td>", re.DOTALL)


@functools.cache
def formula(tex, display="inline"):
    """Return a formula in TeX as MathML."""
    # TeX leaves room behind the name of a function, MathML none.
    made = _FUNCTION.sub(r'\1<mspace width="0.17em"/>\2', convert(tex, display=display))
    return made.replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "")


@functools.cache
def _markdown():
    made = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    made.use(
        dollarmath_plugin,
        renderer=lambda tex, how: formula(tex, "block" if how["display_mode"] else "inline"),
    )

    def fence(self, tokens, index, options, env):
        return code(tokens[index].content.rstrip("\n"))

    made.add_render_rule("fence", fence)
    return made


def text(markdown):
    """Return Markdown, with formulas between dollars, as HTML."""
    made = _markdown().render(markdown)
    made = _TABLE.sub(_with_heads, made)
    made = _INLINE.sub(_scrolling, made)
    made = re.sub(r'(<div class="math[^"]*">)', r'<div class="formula" tabindex="0">', made)
    return made.replace("<table>", '<div class="table" tabindex="0"><table>').replace(
        "</table>", "</table></div>"
    )


def _with_heads(found):
    """Return a table in which every cell has a head that a screen reader finds.

    What stands above the names of rows is empty, and names nothing: there the names are the heads. A formula is
    read to nobody who asks for a head's words, unless it has a name.
    """
    head, body = found[0].split("</thead>", 1) if "</thead>" in found[0] else ("", found[0])
    head = _HEAD.sub(_named, head)
    if _EMPTY_HEAD.search(head):
        head = _EMPTY_HEAD.sub(r"<td\1></td>", head)
        body = _FIRST_CELL.sub(lambda cell: f'<tr>\n<th scope="row"{cell[1]}>{_named(cell, 2)}</th>', body)
    return f"{head}</thead>{body}" if head else body


def _named(found, group=0):
    """Return a head whose formulas, where it holds nothing else, have names."""
    head = found[group]
    if re.sub(r"<math.*?</math>|<[^>]+>", "", head, flags=re.DOTALL).strip():
        return head
    return re.sub(r"<math\b.*?</math>", lambda each: _with_name(each[0]), head, flags=re.DOTALL)


def _with_name(formula):
    return formula.replace("<math", f'<math aria-label="{html.escape(plain(formula))}"', 1)


def _scrolling(found):
    if len(plain(found[1])) <= _LONG:
        return found[0]
    return f'<span class="math inline long" tabindex="0">{found[1]}</span>'


def inline(markdown):
    """Return one line of Markdown as HTML."""
    return _markdown().renderInline(markdown)


def to_pages(markup):
    """Return HTML whose links lead to the lessons' pages instead of their notebooks."""
    return _LINK.sub(_to_page, markup)


def _to_page(found):
    return f'href="{found[1]}.html' + (f"#section-{found[2]}" if found[2] else "")


def code(source):
    """Return Python as HTML, coloured."""
    # Names and signs, most of a program, have the colour of the text: their marks would be half a megabyte.
    made = _PLAIN.sub(r"\1", highlight(source, PythonLexer(), _FORMATTER).rstrip())
    return f'<pre tabindex="0"><code>{made}</code></pre>'


def plain(markup):
    """Return what is left of HTML without its elements, for names and titles."""
    return html.unescape(re.sub(r"<annotation.*?</annotation>|<[^>]+>", "", markup)).strip()
