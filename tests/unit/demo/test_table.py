from io import StringIO

import pytest
from rich.console import Console

from mailbot.demo.table import LEGEND, print_mails
from mailbot.domain.obligation import ObligationKind
from tests.unit.services.answering import MONDAY_9, office_world


@pytest.mark.parametrize("width", [80, 100, 118, 150])
def test_no_line_is_wider_than_the_terminal_and_no_limit_is_cut(width: int) -> None:
    world = office_world()
    world.write("levante", MONDAY_9)
    with world.desk.store.begin() as uow:
        from mailbot.ports.stored import MessageFilter, ObligationFilter

        messages, owed = uow.messages.list(MessageFilter()), uow.obligations.list(ObligationFilter())
    out = StringIO()

    print_mails(Console(file=out, width=width, highlight=False), messages, owed)

    lines = out.getvalue().splitlines()
    assert max(len(line.rstrip()) for line in lines if line != LEGEND) <= width
    assert "16/11 09:00" in out.getvalue()
    assert "requerimiento" in out.getvalue()
    assert any(f"respuesta {item.due_at.astimezone(world.desk.zone):%d/%m %H:%M} …" in out.getvalue() for item in owed)
    assert [item.kind for item in owed] == [ObligationKind.REPLY]
