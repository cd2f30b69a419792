"""Who turns a mail's name and its context into subject, text and HTML, and a table into a workbook."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from mailbot.domain.contexts import DigestContext, ReportContext
from mailbot.domain.mail import MailFile
from mailbot.domain.office import Language


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A mail ready to send: one-line subject, plain text, and HTML with its CSS inlined."""

    subject: str
    text: str
    html: str
    # What the HTML shows by its content id.
    pictures: tuple[MailFile, ...] = ()
    # Faults of the office's own templates, in Spanish; ours were used instead.
    warnings: tuple[str, ...] = ()


class MailContext(Protocol):
    """What a template is given: a frozen dataclass that names its template folder."""

    @property
    def template(self) -> str:
        """The folder under `templates/`."""
        ...


class Renderer(Protocol):
    """Pure: the same context gives the same bytes."""

    def render(self, context: MailContext, *, language: Language = Language.ES) -> Rendered:
        """Render one mail. Everything that came from a mail is escaped.

        An office's own template that fails makes way for ours and is told in `warnings`. Raises
        `TemplateBroken` when ours fails too.
        """
        ...

    def workbook(self, context: DigestContext) -> bytes:
        """The table of a digest as an XLSX file; nothing in it is a formula."""
        ...

    def report_workbook(self, context: ReportContext) -> bytes:
        """The tallies and every line of a report as an XLSX file; nothing in it is a formula."""
        ...

    def check(self) -> Sequence[str]:
        """Faults of an office's own templates, in Spanish: those seen without a mail, and those that mails met."""
        ...
