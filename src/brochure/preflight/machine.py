"""The machine below the interpreter: streams in streams, with their resources and their bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar

from pypdf.generic import StreamObject

from brochure.preflight import objects
from brochure.preflight.colour import Space, space_of
from brochure.preflight.marks import Mark, Paint
from brochure.preflight.opened import Damaged, OpenedFile, Page
from brochure.preflight.scanning import Name, Operand, operations
from brochure.preflight.state import IDENTITY, Matrix, Path, State, Text, matrix, times
from brochure.preflight.typefaces import Font

_DEEPEST = 16  # forms in forms
_MOST_ON_A_PAGE = 500_000  # operators
_MOST_IN_A_FILE = 3_000_000
_KEPT = 200_000  # operators of forms that are kept, to be run again on another page
_STACK = 5000
_PROBLEMS = 20

TOO_MUCH = "the page has more operators, or forms in forms, than are checked"

Operations = list[tuple[str, list[Operand]]]


class TooMuch(Exception):
    """More operators than any page needs."""


class Shared:
    """What all pages of a file share: fonts, forms that were read, and the patience left."""

    def __init__(self, file: OpenedFile) -> None:
        self.file = file
        self.fonts: dict[object, Font] = {}
        self.left = _MOST_IN_A_FILE
        self._forms: dict[object, Operations] = {}
        self._kept = 0

    def font(self, value: object) -> Font | None:
        key, entries = objects.identity(value), objects.entries(value)
        if entries and key not in self.fonts:
            self.fonts[key] = Font(entries, self.file)
        return self.fonts.get(key)

    def operations(self, stream: StreamObject) -> Operations:
        """Return the operators of a form, read once."""
        key = objects.identity(stream)
        if key in self._forms:
            return self._forms[key]
        found = list(operations(self.file.decoded(stream)))
        if self._kept + len(found) <= _KEPT:
            self._kept += len(found)
            self._forms[key] = found
        return found


class Machine:
    """Runs the content of one page. What it finds stands in its attributes."""

    methods: ClassVar[Mapping[str, str]] = {}  # of each operator
    without_effect: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, shared: Shared, page: Page) -> None:
        self.shared = shared
        self.page = page
        self.marks: list[Mark] = []
        self.spaces: dict[Space, str] = {}
        self.groups: list[tuple[Space | None, str]] = []
        self.problems: list[str] = []
        self.unchecked = ""
        self.transparent = False
        self.state = State(IDENTITY)
        self.text = Text()
        self.tags: list[tuple[bool, bool]] = []  # tagged or artifact, has an ActualText
        self._left = min(_MOST_ON_A_PAGE, shared.left)
        self._stack: list[State] = []
        self._path = Path()
        self._resources: Mapping[str, object] = {}
        self._categories: dict[str, dict[str, object]] = {}
        self._base = IDENTITY  # of patterns: the space of the content they are used in
        self._inside: list[object] = []  # forms that are being run
        self._patterns: set[object] = set()
        self._silent = 0  # in a soft mask, which leaves no ink
        self._run_one: dict[str, Callable[[list[Operand]], None]] = {
            operator: getattr(self, f"_{method}") for operator, method in self.methods.items()
        }

    def run(self, data: bytes, resources: Mapping[str, object]) -> None:
        """Run the content of the page; ends early, with a note, when it is too much."""
        before = self._left
        try:
            self._enter(resources)
            self._all(operations(data))
        except TooMuch:
            self.unchecked = TOO_MUCH
        self.shared.left -= before - self._left

    def problem(self, what: str) -> None:
        if what not in self.problems and len(self.problems) < _PROBLEMS:
            self.problems.append(what)

    def form(self, form: StreamObject, to: Matrix, paint: Paint | None = None) -> None:
        """Run a form, a cell of a pattern or a glyph, in a state of its own."""
        key = objects.identity(form)
        if key in self._inside:
            self.problem("a form or pattern contains itself")
            return
        if len(self._inside) >= _DEEPEST:
            raise TooMuch
        own = matrix(objects.numbers(form.get("/Matrix")))
        kept = (self.state, self._stack, self._path, self._resources, self._categories,
                self._base, self.text, self.tags)  # fmt: skip
        self._inside.append(key)
        try:
            self.state, self._stack, self._path = self.state.copy(), [], Path()
            self.state.ctm = self._base = times(own, to)
            self.text, self.tags = Text(), self.tags[-1:]
            if paint is not None:
                self.state.fill = self.state.stroke = paint.colour
            self._enter(objects.entries(form.get("/Resources")) or self._resources)
            self._group(form)
            self._all(self.shared.operations(form))
        except Damaged as error:
            self.problem(str(error))
        finally:
            self._inside.pop()
            (self.state, self._stack, self._path, self._resources, self._categories,
             self._base, self.text, self.tags) = kept  # fmt: skip

    def emit(self, mark: Mark) -> None:
        if not self._silent:
            self.marks.append(mark)

    @property
    def tagged(self) -> bool:
        return bool(self.tags) and self.tags[-1][0]

    def resource(self, category: str, key: object) -> object:
        """Return a resource that is not resolved, or None."""
        if category not in self._categories:
            self._categories[category] = objects.entries(self._resources.get(category))
        return self._categories[category].get(str(key))

    def _enter(self, resources: Mapping[str, object]) -> None:
        self._resources, self._categories = resources, {}

    def _all(self, found: Iterable[tuple[str, list[Operand]]]) -> None:
        run_one = self._run_one
        for operator, operands in found:
            self._left -= 1
            if self._left < 0:
                raise TooMuch
            method = run_one.get(operator)
            if method is None:
                if operator not in self.without_effect:
                    self.problem(f"unknown operator {operator[:20]!r}")
                continue
            try:
                method(operands)
            except (TypeError, ValueError, IndexError, OverflowError, ZeroDivisionError):
                self.problem(f"the operator {operator} has operands that make no sense")

    def _group(self, form: StreamObject) -> None:
        group = objects.entries(form.get("/Group"))
        if objects.name(group.get("/S")) == "/Transparency":
            self.transparent = True
            if not self._silent and "/CS" in group:
                self.groups.append((space_of(group["/CS"]), "a form's group"))
            if "/CS" in group:
                self._name_space(space_of(group["/CS"], self._named()), "a transparency group")

    # State

    def _save(self, _: list[Operand]) -> None:
        if len(self._stack) < _STACK:
            self._stack.append(self.state.copy())

    def _restore(self, _: list[Operand]) -> None:
        if self._stack:
            self.state = self._stack.pop()

    def _concatenate(self, operands: list[Operand]) -> None:
        self.state.ctm = times(matrix(operands), self.state.ctm)

    def _graphics_state(self, operands: list[Operand]) -> None:
        entries = objects.entries(self.resource("/ExtGState", operands[-1]))
        state = self.state
        if "/OP" in entries:
            state.stroke_over = objects.flag(entries["/OP"])
            state.fill_over = state.stroke_over
        if "/op" in entries:
            state.fill_over = objects.flag(entries["/op"])
        if "/OPM" in entries:
            state.mode = int(objects.number(entries["/OPM"]))
        if "/LW" in entries:
            state.width = abs(objects.number(entries["/LW"]))
        if "/Font" in entries and len(pair := objects.array(entries["/Font"])) == 2:
            state.font, state.size = self.shared.font(pair[0]), objects.number(pair[1])
        opaque = all(objects.number(entries.get(key), 1.0) >= 1 for key in ("/ca", "/CA"))
        blend = objects.name(entries.get("/BM")) or "/Normal"
        self.transparent |= not opaque or blend not in ("/Normal", "/Compatible")
        mask = objects.entries(entries.get("/SMask"))
        if (form := objects.stream(mask.get("/G"))) is not None:
            self.transparent = True
            self._silent += 1
            try:
                self.form(form, state.ctm)
            finally:
                self._silent -= 1

    def _begin_tag(self, operands: list[Operand]) -> None:
        tag = operands[0] if operands else None
        entries: Mapping[str, object] = {}
        if len(operands) > 1:
            given = operands[1]
            if isinstance(given, Name):
                entries = objects.entries(self.resource("/Properties", given))
            elif isinstance(given, dict):
                entries = given
        above = self.tags[-1] if self.tags else (False, False)
        tagged = above[0] or tag == "/Artifact" or "/MCID" in entries
        if len(self.tags) < _STACK:
            self.tags.append((tagged, above[1] or "/ActualText" in entries))

    def _end_tag(self, _: list[Operand]) -> None:
        if self.tags:
            self.tags.pop()

    # Colour spaces

    def _named(self) -> dict[str, object]:
        self.resource("/ColorSpace", "")
        return self._categories["/ColorSpace"]

    def _name_space(self, space: Space, where: str) -> Space:
        self.spaces.setdefault(space, where)
        return space
