"""The sample office of the demo: an invented customs broker, its clients and their dispatches.

It is written as the office of a real user would be, as a folder of CSV sheets, and read by the same code.
"""

from contextlib import ExitStack
from importlib import resources

from mailbot.domain.office import Office
from mailbot.records.workbook import read_office

DATA = "data"
OFFICE_FOLDER = "oficina"


def sample_office() -> Office:
    """Thirteen people, fifteen clients and forty dispatches as they stand on Monday 16 November 2026."""
    with ExitStack() as stack:
        folder = resources.files("mailbot.demo").joinpath(DATA, OFFICE_FOLDER)
        return read_office(stack.enter_context(resources.as_file(folder)))
