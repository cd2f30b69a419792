"""Jinja2: mail name and typed context become subject, text and HTML.

Templates lie in folders, the office's own before ours; both run in Jinja2's sandbox. An override
that fails makes way for the next folder's and is reported with the mail. Jinja2 and css-inline are
loaded with the first mail.
"""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from mailbot.domain.contexts import DigestContext, ReportContext
from mailbot.domain.errors import TemplateBroken
from mailbot.domain.office import Language
from mailbot.domain.words import NAMES, word
from mailbot.ports.renderer import MailContext, Rendered
from mailbot.rendering.filters import PLAIN, SPOKEN, full_date_text, moment_text
from mailbot.rendering.plots import Plots
from mailbot.rendering.report_workbook import report_workbook
from mailbot.rendering.safety import clean, one_line, unlinked
from mailbot.rendering.workbook import status_workbook

if TYPE_CHECKING:
    from jinja2.runtime import Context
    from jinja2.sandbox import SandboxedEnvironment

# A subject longer than this is cut: phones show about 40 characters, Outlook about 100.
_SUBJECT_LIMIT = 180
# What an expression of a template can raise besides the engine's own errors.
_FAULTS = (ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError)
_EMPTY_LINES = re.compile(r"\n{3,}")
Written = TypeVar("Written")
_CHARSET = '<meta charset="utf-8">'


@dataclass(frozen=True, kw_only=True)
class _Job:
    """One mail to write, and from which files."""

    context: MailContext
    language: Language

    def paths(self, part: str) -> list[str]:
        """Where a part may lie, the reader's language first."""
        folder = self.context.template
        spanish = f"{folder}/{part}"
        return [spanish] if self.language is Language.ES else [f"{folder}/{self.language.value}/{part}", spanish]


class TemplateRenderer:
    """Writes mails from the templates of several folders, the first that has a file wins."""

    def __init__(self, folders: Sequence[Path], *, reads_answers: bool = True) -> None:
        self._folders = tuple(folders)
        # A mail invites to answer only where somebody reads the answers.
        self._reads_answers = reads_answers
        self._environments: dict[int, SandboxedEnvironment] = {}
        self._lock = threading.Lock()
        # The faults that only a mail's own values showed, in the order in which they were met.
        self._met: dict[str, None] = {}

    def render(self, context: MailContext, *, language: Language = Language.ES) -> Rendered:
        """Write one mail; faults of overriding templates are told in `Rendered.warnings`.

        Raises `TemplateBroken` when the last folder's template fails too.
        """
        job = _Job(context=context, language=language)
        warnings: list[str] = []
        written = self._first_whole(lambda depth: self._written(job, depth), warnings)
        self._met.update(dict.fromkeys(warnings))
        return replace(written, warnings=tuple(warnings))

    def subject(self, context: MailContext, *, language: Language = Language.ES) -> str:
        """The subject that `render` would give, without the cost of the bodies."""
        job = _Job(context=context, language=language)
        return self._first_whole(lambda depth: self._subject(job, depth), [])

    def _first_whole(self, write: Callable[[int], Written], warnings: list[str]) -> Written:
        """What the first folder gives that has no fault; the faults of those before it are noted."""
        for depth in self._depths():
            try:
                return write(depth)
            except TemplateBroken as broken:
                warnings.append(str(broken))
        raise TemplateBroken("; ".join(warnings) or "no hay carpeta de plantillas")

    def _subject(self, job: _Job, depth: int) -> str:
        return one_line(self._part(job, "subject.txt", depth), _SUBJECT_LIMIT)

    def workbook(self, context: DigestContext) -> bytes:
        """The digest's table as an XLSX file."""
        return status_workbook(context)

    def report_workbook(self, context: ReportContext) -> bytes:
        """The tallies and every line of a report as an XLSX file."""
        return report_workbook(context)

    def check(self) -> tuple[str, ...]:
        """Faults in the overriding folders, one sentence each: those that can be seen, and those that mails met."""
        seen = (fault for depth in self._depths()[:-1] for fault in self._faults(depth))
        return tuple(dict.fromkeys((*seen, *self._met)))

    def _faults(self, depth: int) -> Iterator[str]:
        from jinja2 import TemplateError

        folder, ours = self._folders[depth], self._folders[-1]
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = path.relative_to(folder).as_posix()
            if not (ours / name).is_file() and not name.startswith("_base/"):
                yield f"plantilla {name}: ningún correo usa ese nombre"
                continue
            try:
                self._environment(depth).get_template(name)
            except (TemplateError, UnicodeDecodeError) as fault:
                yield _told(name, fault)

    def _depths(self) -> list[int]:
        """Every folder that exists; the last one is ours and is always asked."""
        last = len(self._folders) - 1
        return [depth for depth, folder in enumerate(self._folders) if depth == last or folder.is_dir()]

    def _written(self, job: _Job, depth: int) -> Rendered:
        subject = self._subject(job, depth)
        text = _tidy(self._part(job, "body.txt", depth))
        plots = Plots(job.context)
        html = _inlined(self._part(job, "body.html", depth, plot=plots), where=job.context.template)
        return Rendered(subject=subject, text=text, html=html, pictures=plots.pictures)

    def _part(self, job: _Job, part: str, depth: int, **also: object) -> str:
        from jinja2 import TemplateError

        paths = job.paths(part)
        try:
            template = self._environment(depth).select_template(paths)
            given = {"mail": job.context, "language": job.language, "reads_answers": self._reads_answers}
            return template.render(given | also)
        except (TemplateError, *_FAULTS) as fault:
            raise TemplateBroken(_told(paths[-1], fault)) from fault

    def _environment(self, depth: int) -> "SandboxedEnvironment":
        with self._lock:
            if depth not in self._environments:
                self._environments[depth] = _environment(self._folders[depth:])
            return self._environments[depth]


def _environment(folders: Sequence[Path]) -> "SandboxedEnvironment":
    from jinja2 import FileSystemLoader, StrictUndefined, pass_context, select_autoescape
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(
        loader=FileSystemLoader([str(folder) for folder in folders]),
        undefined=StrictUndefined,
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        finalize=pass_context(_finalized),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(PLAIN)
    environment.filters.update({name: pass_context(_Spoken(function)) for name, function in SPOKEN.items()})
    environment.filters["word"] = pass_context(_word)
    return environment


class _Spoken:
    """A filter that is told the reader's language last."""

    def __init__(self, function: Callable[..., object]) -> None:
        self._function = function

    def __call__(self, context: "Context", value: object, *arguments: object) -> object:
        return self._function(value, *arguments, _language(context))


def _language(context: "Context") -> Language:
    return Language(context.get("language", Language.ES))


def _word(context: "Context", value: StrEnum) -> str:
    return word(value, _language(context))


def _finalized(context: "Context", value: object) -> object:
    """What a template prints: names for codes, Lima's time for moments, and harmless text."""
    from markupsafe import Markup, escape

    if isinstance(value, Markup):
        return value
    text = unlinked(clean(_plain(context, value)))
    return escape(text) if context.eval_ctx.autoescape else text


def _plain(context: "Context", value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, StrEnum) and type(value) in NAMES:
        return word(value, _language(context))
    if isinstance(value, datetime):
        return moment_text(value, _language(context))
    if isinstance(value, date):
        return full_date_text(value)
    return str(value)


def _tidy(text: str) -> str:
    """Plain text without trailing blanks and with at most one empty line in a row."""
    lines = "\n".join(line.rstrip() for line in clean(text).split("\n"))
    return _EMPTY_LINES.sub("\n\n", lines).strip("\n") + "\n"


def _told(path: str, fault: Exception) -> str:
    """The fault in one line: which file, which line, what."""
    name, line = getattr(fault, "name", None), getattr(fault, "lineno", None)
    place = f"{name or path}" + (f", línea {line}" if line else "")
    return f"plantilla {place}: {one_line(str(fault), 200)}"


def _inlined(html: str, *, where: str) -> str:
    """The page with its style sheet written into each element, since Outlook and Gmail want it so."""
    import css_inline

    inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False, keep_at_rules=True)
    try:
        page = inliner.inline(html)
    except css_inline.InlineError as fault:
        raise TemplateBroken(f"plantilla {where}/body.html: {one_line(str(fault), 200)}") from fault
    # The inliner puts the style sheet first; a saved page must name its encoding before that.
    return page.replace(_CHARSET, "", 1).replace("<head>", f"<head>{_CHARSET}", 1)
