"""Write the reading edition, the lessons as static pages (`make site`).

python -m reading                    into build/site
python -m reading --lesson ratio     one lesson of it
"""

import argparse
import os
import sys
import time
from pathlib import Path

from reading import build, links


def main(arguments=None):
    """Carry out the command line and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=build.ROOT / "build" / "site")
    parser.add_argument("--lesson", help="the slug of one lesson")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--address", default="", help="where the notebooks can be opened, ending in a slash")
    # make SERVED_AT=… hands it on in the environment.
    parser.add_argument(
        "--served-at",
        default=os.environ.get("SERVED_AT", ""),
        help="where the pages will be, ending in a slash",
    )
    options = parser.parse_args(arguments)
    started = time.perf_counter()
    cache = build.ROOT / "build" / "tables"
    build.make(
        options.folder,
        only=options.lesson,
        cache=cache,
        jobs=options.jobs,
        address=options.address,
        served_at=options.served_at,
    )
    size = sum(path.stat().st_size for path in options.folder.rglob("*") if path.is_file())
    print(f"{options.folder}: {size / 1e6:.1f} MB in {time.perf_counter() - started:.0f} s")
    lost = [] if options.lesson else links.broken(options.folder)
    for page, target in lost:
        print(f"{page}: nothing is at {target}", file=sys.stderr)
    return bool(lost)


if __name__ == "__main__":
    sys.exit(main())
