"""Which worker of pytest-xdist runs what, and in which order, so that all have done at the same time."""

from xdist.scheduler import LoadScopeScheduling

# Each of these takes half a minute or more. The last to begin is waited for by all, so they begin first.
LONGEST_FIRST = (
    "tests/browser/test_every_lesson.py",
    "tests/study/test_seeds.py",
    "tests/explorers/test_explorers.py",
    "tests/exercises/test_isolation.py",
    "tests/test_training.py",
    "tests/exercises/test_ppo_program.py",
    "tests/test_session_settings.py",
    "tests/drawing/test_layout.py",
    "tests/workbench/test_workbench.py",
    "tests/drawing/test_style.py",
    "tests/record/test_recordings.py",
    "tests/tools/test_lessons.py",
)
IN_BROWSER = "tests/browser/"


def share(nodeid):
    """Return what one worker runs as a whole: a lesson in the browser, or else a file.

    A notebook's cells share a kernel, and the tests of a file what it has set up.
    """
    file, _, test = nodeid.partition("::")
    return file + test.partition("[")[2] if file.endswith("test_every_lesson.py") else file


class Scheduling(LoadScopeScheduling):
    """Has every second worker begin with the browser, which waits half of the time, the others elsewhere."""

    def __init__(self, config, log):
        super().__init__(config, log)
        config.option.loadscopereorder = False  # by their number of tests: see `in_order`

    def _split_scope(self, nodeid):
        return share(nodeid)

    def _assign_work_unit(self, node):
        in_browser = int(node.gateway.id.removeprefix("gw")) % 2 == 0
        mine = (each for each in self.workqueue if each.startswith(IN_BROWSER) == in_browser)
        first = next(mine, next(iter(self.workqueue)))
        self.workqueue.move_to_end(first, last=False)
        super()._assign_work_unit(node)


def in_order(items):
    """Return the tests with those in front that take longest."""
    place = {file: number for number, file in enumerate(LONGEST_FIRST)}
    return sorted(items, key=lambda item: place.get(item.nodeid.partition("::")[0], len(place)))
