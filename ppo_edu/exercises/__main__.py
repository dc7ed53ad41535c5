"""``python -m ppo_edu.exercises grade FOLDER`` and ``class FOLDER``: see `grading` and `class_page`."""

import argparse
import contextlib
import locale
import math
import sys
import time
from pathlib import Path

from ppo_edu.exercises import class_page, grading, journal
from ppo_edu.guards.console import lenient_streams
from ppo_edu.guards.files import whole_file
from ppo_edu.language import LANGUAGES, t, use_language


def main(arguments=None):
    """Carry out the command line and return the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    use_language(_language(arguments))
    lenient_streams()  # a console may lack letters that a learner's name has
    parser = argparse.ArgumentParser("python -m ppo_edu.exercises")
    commands = parser.add_subparsers(required=True, metavar="{grade,class}")
    grade = commands.add_parser(
        "grade",
        help=t("grade.command"),
        description=t("grade.description"),
        epilog=t("grade.isolation"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    grade.add_argument("folder", type=Path, help=t("grade.folder"))
    grade.add_argument("--table", type=Path, default=Path("grades.csv"), help=t("grade.table"))
    grade.add_argument("--seconds", type=_amount, default=300.0, help=t("grade.seconds"))
    grade.add_argument("--megabytes", type=_amount, default=4000.0, help=t("grade.megabytes"))
    grade.add_argument("--jobs", type=_count, default=1, help=t("grade.jobs"))
    grade.add_argument("--language", choices=LANGUAGES, help=t("grade.language"))
    grade.set_defaults(run=lambda options: _grade(options, grade))
    _add_class(commands)
    options = parser.parse_args(arguments)
    return options.run(options)


def _add_class(commands):
    shown = commands.add_parser("class", help=t("journal.command"), description=t("journal.description"))
    shown.add_argument("folder", type=Path, help=t("journal.folder"))
    shown.add_argument("--names", action="store_true", help=t("journal.with_names"))
    what = shown.add_mutually_exclusive_group()
    what.add_argument("--port", type=_count, default=0, help=t("journal.port"))
    what.add_argument("--page", type=Path, metavar="FILE", help=t("journal.page"))
    what.add_argument("--prepare", action="store_true", help=t("journal.prepare"))
    what.add_argument("--delete", action="store_true", help=t("journal.delete"))
    shown.add_argument("--language", choices=LANGUAGES, help=t("grade.language"))
    shown.set_defaults(run=lambda options: _class(options, shown))


def _class(options, command):
    try:
        if options.prepare:
            print(t("journal.prepared", folder=journal.prepare(options.folder).absolute()))
        elif options.delete:
            print(t("journal.deleted", count=class_page.delete(options.folder)))
        elif options.page:
            _write_pages(options)
        else:
            class_page.read(options.folder)
            server, address = class_page.server(options.folder, options.names, options.port)
            print(t("journal.serving", address=address), flush=True)
            with server, contextlib.suppress(KeyboardInterrupt):
                server.serve_forever()
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        command.error(t("journal.no_folder", folder=options.folder, reason=reason))
    return 0


def _write_pages(options):
    """Write the page anew, again and again, until stopped."""
    with contextlib.suppress(KeyboardInterrupt):
        print(t("journal.writing", file=options.page), flush=True)
        while True:
            words = class_page.page(options.folder, options.names)
            with whole_file(options.page) as file:
                file.write(words.encode("utf-8"))
            time.sleep(class_page.SECONDS)


def _grade(options, grade):
    if not options.folder.is_dir():
        grade.error(t("grade.no_folder", folder=options.folder))
    try:
        done = grading.grade(
            options.folder,
            options.table,
            seconds=options.seconds,
            memory=options.megabytes * 1e6,
            jobs=options.jobs,
            on_notebook=_tell,
        )
    except OSError as error:
        reason = error.strerror or type(error).__name__
        grade.error(t("grade.table_not_written", table=options.table, reason=reason))
    if not done:
        grade.error(t("grade.no_notebooks", folder=options.folder))
    print(t("grade.written", table=options.table, notebooks=len(done)))
    return 0


def _amount(text):
    number = float(text) if _is_a_number(text) else math.nan
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(t("grade.not_an_amount", value=text))
    return number


def _count(text):
    if not _is_a_number(text) or float(text) < 1 or float(text) % 1:
        raise argparse.ArgumentTypeError(t("grade.not_a_count", value=text))
    return int(float(text))


def _is_a_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def _tell(handed):
    passed = sum(mark == grading.progress_file.PASSED for mark in handed.marks.values())
    line = t(
        "grade.line", learner=handed.learner, notebook=handed.name, passed=passed, seconds=handed.seconds
    )
    print(f"{line}  {handed.note}".rstrip(), flush=True)


def _language(arguments):
    # Before the command line is parsed, because its help has words, too.
    for before, argument in zip(["", *arguments], arguments, strict=False):
        chosen = argument.removeprefix("--language=") if before != "--language" else argument
        if chosen in LANGUAGES:
            return chosen
    return "ko" if (locale.getlocale()[0] or "").lower().startswith("ko") else "en"


if __name__ == "__main__":
    sys.exit(main())
