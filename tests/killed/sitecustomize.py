"""Ends a build at the moment that its environment names; for `faults.py`.

Every Python process reads this file first when its folder comes first in PYTHONPATH. So the
processes that a build starts are watched as well.
"""

import os
import re
import signal
import sys

WHEN, WHOM, BUILD = "BROCHURE_TEST_WHEN", "BROCHURE_TEST_WHOM", "BROCHURE_TEST_BUILD"
FILES = ("open", "os.", "shutil.")


def _end_before(pattern: re.Pattern[str], count: int) -> None:
    """Kill the build before it does for the `count`th time what the pattern describes."""
    build = int(os.environ.setdefault(BUILD, str(os.getpid())))
    end = {"build": os.kill, "group": os.killpg}[os.environ[WHOM]]

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal count
        if event.startswith(FILES) and pattern.match(" ".join(map(str, (event, *arguments)))):
            count -= 1
            if not count:
                end(build, signal.SIGKILL)

    sys.addaudithook(watch)


if WHEN in os.environ:
    times, _, what = os.environ[WHEN].partition(" ")
    _end_before(re.compile(what), int(times))
