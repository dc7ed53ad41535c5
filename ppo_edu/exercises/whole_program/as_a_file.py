"""A learner's program, collected from the cells of the session, as a file that runs without the course."""

import ast
import builtins
import inspect
import symtable
import sys
from pathlib import Path

from ppo_edu.exercises.result import CheckResult
from ppo_edu.guards.files import whole_file
from ppo_edu.guards.validation import check_path
from ppo_edu.language import t

FOOTER = """
if __name__ == "__main__":
    import gymnasium

    env = gymnasium.wrappers.RecordEpisodeStatistics(gymnasium.make("CartPole-v1"))
    {main}(env, 12_000)
    print("mean return of the last 20 episodes:", sum(list(env.return_queue)[-20:]) / 20)
"""


def save_program(program, path="my_ppo.py", cells=None):
    """Write what a learner wrote to a Python file that imports nothing of the course.

    The file gets those statements of the session that the program needs, in the order in which they ran, and
    ends in a call of ``main`` on CartPole.

    Parameters
    ----------
    program
        What `check` takes for "ppo_program".
    path : path
        The file to write.
    cells : list of str, optional
        The code that was run, in order. By default the cells of this session, or, where there are none, the
        file that defines ``main``.

    Returns
    -------
    CheckResult
        Whether it was written, and if not, why; shows itself in a notebook.
    """
    path = check_path("path", path)
    main = program[-1] if isinstance(program, (list, tuple)) and program else program
    if main is None or main is ... or isinstance(main, (list, tuple)):
        return CheckResult(False, t("as_a_file.nothing"), attempted=False)
    name = getattr(main, "__name__", "") if inspect.isfunction(main) else ""
    if not name.isidentifier():
        return CheckResult(False, t("as_a_file.no_main"))
    try:
        kept = _needed(name, _statements(_cells(main) if cells is None else cells))
    except _Missing as missing:
        return CheckResult(False, t("as_a_file.not_found", name=str(missing)))
    for statement in kept:
        if _names_the_course(statement.node):
            first = ast.unparse(statement.node).splitlines()[0]
            return CheckResult(False, t("as_a_file.needs_course", statement=first))
    text = "\n\n".join(statement.text for statement in kept) + "\n\n" + FOOTER.format(main=name)
    try:
        with whole_file(path) as file:
            file.write(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        return CheckResult(False, t("as_a_file.not_written", reason=error.strerror or str(error)))
    return CheckResult(True, t("as_a_file.saved", path=path.name, lines=len(text.splitlines())))


class _Missing(Exception):
    """A name that nothing in the session defines."""


class _Statement:
    """A statement of the session: what it defines, needs at once, and needs once its functions run."""

    def __init__(self, node, text):
        self.node, self.text = node, text
        self.defines, self.now, self.later = set(), set(), set()
        top = symtable.symtable(text, "<cell>", "exec")
        for symbol in top.get_symbols():
            if symbol.is_assigned() or symbol.is_imported():
                self.defines.add(symbol.get_name())
            if symbol.is_referenced() or isinstance(node, ast.AugAssign):
                self.now.add(symbol.get_name())
        for inner in top.get_children():
            self._look(inner)
        # PPO.train_net = train_net
        targets = node.targets if isinstance(node, ast.Assign) else []
        self.changes = {_root(target) for target in targets if not isinstance(target, ast.Name)}

    def _look(self, table):
        needs = (
            self.later if table.get_type() == "function" and table.get_name() not in _AT_ONCE else self.now
        )
        needs |= {
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_referenced() and symbol.is_global()
        }
        for inner in table.get_children():
            self._look(inner)


_AT_ONCE = ("genexpr", "listcomp", "setcomp", "dictcomp")


def _root(target):
    while isinstance(target, (ast.Attribute, ast.Subscript)):
        target = target.value
    return target.id if isinstance(target, ast.Name) else ""


def _statements(cells):
    """Return the `_Statement`s of all cells that can be read."""
    found = []
    for cell in cells:
        try:
            nodes = ast.parse(cell).body
        except (SyntaxError, ValueError):
            continue
        for node in nodes:
            text = ast.get_source_segment(cell, node) or ast.unparse(node)
            decorators = getattr(node, "decorator_list", [])
            found.append(_Statement(node, ast.unparse(node) if decorators else text))
    return found


def _needed(name, statements):
    """Return the statements that the global name `name` needs, in their order.

    What a function needs is looked up when it runs, so the last definition counts; what a statement needs at
    once, such as the class that it extends, was defined before it.
    """
    kept, asked, left = set(), set(), [(name, len(statements))]
    while left:
        name, before = left.pop()
        if (name, before) in asked:
            continue
        asked.add((name, before))
        at = next((i for i in reversed(range(before)) if name in statements[i].defines), None)
        if at is None:
            if name in vars(builtins) or (name.startswith("__") and name.endswith("__")):
                continue
            raise _Missing(name)
        changed = [i for i in range(at + 1, before) if name in statements[i].changes]
        for i in (at, *changed):
            kept.add(i)
            left += [(need, i) for need in statements[i].now]
            left += [(need, len(statements)) for need in statements[i].later]
    return [statements[i] for i in sorted(kept)]


def _names_the_course(node):
    for part in ast.walk(node):
        if isinstance(part, ast.Import) and any(name.name.split(".")[0] == "ppo_edu" for name in part.names):
            return True
        if isinstance(part, ast.ImportFrom) and (part.module or "").split(".")[0] == "ppo_edu":
            return True
    return False


def _cells(main):
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None:
        return [cell for cell in shell.user_ns.get("In", []) if cell]
    return [Path(inspect.getsourcefile(main)).read_text(encoding="utf-8")]
