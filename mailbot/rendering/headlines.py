"""Write the subjects of mails alone: what a replay tells, which sends nothing that anybody would read."""

from collections.abc import Sequence

from mailbot.domain.contexts import DigestContext, ReportContext
from mailbot.domain.office import Language
from mailbot.ports.renderer import MailContext, Rendered
from mailbot.rendering.templates import TemplateRenderer


class HeadlineRenderer:
    """A renderer whose mails have a subject, the same as the whole mail's, and no body."""

    def __init__(self, whole: TemplateRenderer) -> None:
        self._whole = whole

    def render(self, context: MailContext, *, language: Language = Language.ES) -> Rendered:
        """The subject; raises `TemplateBroken` as the whole mail's subject would."""
        return Rendered(subject=self._whole.subject(context, language=language), text="", html="")

    def workbook(self, context: DigestContext) -> bytes:
        """Nobody opens it."""
        return b""

    def report_workbook(self, context: ReportContext) -> bytes:
        """Nobody opens it."""
        return b""

    def check(self) -> Sequence[str]:
        """The faults of the office's own templates."""
        return self._whole.check()
