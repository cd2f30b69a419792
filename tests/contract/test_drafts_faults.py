"""What becomes of a draft when the answer to its making is lost: there is one, whole, whoever asks again."""

from collections.abc import Iterator

import pytest

from mailbot.demo.servers.ews_script import EwsFault
from mailbot.demo.servers.graph import GraphFault
from mailbot.domain.errors import MailboxUnavailable
from tests.contract.draft_boxes import EwsDraftBox, GraphDraftBox, wanted
from tests.contract.test_drafts import ANSWER, BETTER


@pytest.fixture
def graph() -> Iterator[GraphDraftBox]:
    box = GraphDraftBox()
    yield box
    box.close()


@pytest.fixture
def ews() -> Iterator[EwsDraftBox]:
    box = EwsDraftBox()
    yield box
    box.close()


@pytest.mark.parametrize("match", ["createReply", "PATCH"], ids=["born and not filled", "filled and not told"])
@pytest.mark.parametrize("status", [None, 503], ids=["cut", "an error after success"])
def test_graph_keeps_one_draft_when_the_answer_is_lost(graph: GraphDraftBox, match: str, status: int | None) -> None:
    graph.server.script.faults = [GraphFault(match=match, status=status, after=True)]
    with pytest.raises(MailboxUnavailable):
        graph.drafts.write(ANSWER, to=wanted())

    kept = graph.drafts.write(ANSWER, to=wanted())

    assert kept is not None
    assert kept.is_as_given
    (seen,) = graph.seen()
    assert "Recibimos su factura." in seen.text


def test_exchange_keeps_one_draft_when_the_answer_is_lost(ews: EwsDraftBox) -> None:
    ews.server.script.faults = [EwsFault(match="CreateItem", after=True, status=503)]
    with pytest.raises(MailboxUnavailable):
        ews.drafts.write(ANSWER, to=wanted())

    kept = ews.drafts.write(ANSWER, to=wanted())

    assert kept is not None
    assert kept.is_as_given
    assert len(ews.seen()) == 1


def test_a_change_whose_answer_is_lost_was_made_once(ews: EwsDraftBox) -> None:
    kept = ews.drafts.write(ANSWER, to=wanted())
    assert kept is not None
    ews.server.script.faults = [EwsFault(match="UpdateItem", after=True, status=503)]

    with pytest.raises(MailboxUnavailable):
        ews.drafts.update(kept, BETTER)

    again = ews.drafts.update(kept, BETTER)

    assert again is not None, "our own change is nobody else's"
    (seen,) = ews.seen()
    assert "Ya no falta nada." in seen.text
    assert "póliza" not in seen.text


def test_a_change_in_the_cloud_whose_answer_is_lost_is_our_own(graph: GraphDraftBox) -> None:
    kept = graph.drafts.write(ANSWER, to=wanted())
    assert kept is not None
    graph.server.script.faults = [GraphFault(match="PATCH", status=None, after=True)]
    with pytest.raises(MailboxUnavailable):
        graph.drafts.update(kept, BETTER)

    assert graph.drafts.update(kept, BETTER) is not None
    assert len(graph.seen()) == 1
