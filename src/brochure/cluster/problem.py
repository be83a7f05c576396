"""What can be wrong with a cluster, in words for those who use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

SHOWN = 10  # workers; of a large cluster it is enough to name some

Fingerprint = tuple[tuple[str, str], ...]


class ClusterProblem(Exception):
    """The cluster cannot do the work. `hint` says what its user can do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Difference:
    """A name, its version on a worker, and its version here; "none" where it is not installed."""

    name: str
    there: str
    here: str

    def __str__(self) -> str:
        return f"{self.name} {self.there}, here {self.here}"


def differences(there: Fingerprint, here: Fingerprint) -> tuple[Difference, ...]:
    """Return in what two fingerprints differ, in the order of the second; none if they agree."""
    theirs, ours = dict(there), dict(here)
    return tuple(
        Difference(name, theirs.get(name, "none"), ours.get(name, "none"))
        for name in dict.fromkeys((*ours, *theirs))
        if theirs.get(name) != ours.get(name)
    )


def in_words(error: BaseException) -> str:
    """Return what an error says, in one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())


def refusal(workers: Mapping[str, Fingerprint | BaseException], here: Fingerprint) -> str:
    """Return why these workers may not typeset, one line for each; "" when all of them may.

    A worker stands under its address with its fingerprint, or with what went wrong on asking.
    """
    bad = dict(_reasons(workers, here))
    if not bad:
        return ""
    lines = [f"{address}: {reason}" for address, reason in islice(sorted(bad.items()), SHOWN)]
    if len(bad) > SHOWN:
        lines.append(f"and {len(bad) - SHOWN} more")
    head = f"{len(bad)} of {len(workers)} workers of the cluster cannot give the same pages"
    return "\n  ".join([head, *lines])


def _reasons(
    workers: Mapping[str, Fingerprint | BaseException], here: Fingerprint
) -> Iterator[tuple[str, str]]:
    for address, found in workers.items():
        if isinstance(found, BaseException):
            # Dask puts what it cannot call in the words of another error.
            missing = "No module named" in str(found)
            reason = f"it does not start: {in_words(found)}"
            yield address, "brochure is not installed, or is too old" if missing else reason
        elif different := differences(found, here):
            yield address, "; ".join(map(str, different))
