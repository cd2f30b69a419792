from dataclasses import replace

import pytest

from mailbot.classify.decide import conclude, first_draft
from mailbot.classify.documents import type_attachments
from mailbot.classify.draft import Case
from mailbot.classify.features import take_apart
from mailbot.classify.rules import RULES
from mailbot.classify.thresholds import Thresholds
from mailbot.domain.labels import Category, Contingency, Primary, Topic
from mailbot.domain.message import MessageKind
from mailbot.domain.verdict import Verdict
from mailbot.ports.classifier import ClassifierInput, SenderRole
from tests.unit.classify.mails import mail

LOUD = {"requirement": 0.9, "complaint": 0.9, "needs_reply": 0.9, "any_contingency": 0.9, "fine": 0.9}


def concluded(item: ClassifierInput, probabilities: dict[str, float]) -> Verdict:
    case = Case(item=item, text=take_apart(item), documents=type_attachments(item.message), probabilities=probabilities)
    return conclude(case, Thresholds())


def with_kind(kind: MessageKind) -> ClassifierInput:
    item = mail("Estoy fuera de la oficina.")
    return replace(item, message=replace(item.message, kind=kind))


@pytest.mark.parametrize(
    ("kind", "topics"),
    [
        (MessageKind.AUTO_REPLY, (Topic.AUTO_REPLY,)),
        (MessageKind.BOUNCE, (Topic.AUTO_REPLY,)),
        (MessageKind.LIST, (Topic.MARKETING,)),
        (MessageKind.CALENDAR, ()),
    ],
)
def test_automatic_mail_asks_nothing_whatever_its_words(kind: MessageKind, topics: tuple[Topic, ...]) -> None:
    verdict = concluded(with_kind(kind), LOUD)
    assert (verdict.categories, verdict.contingency, verdict.needs_reply, verdict.topics) == ((), (), False, topics)


def test_an_automatic_answer_may_ask_to_be_taken_off_a_list() -> None:
    verdict = concluded(with_kind(MessageKind.AUTO_REPLY), {"requirement": 0.9, "recipients_change": 0.9})
    assert verdict.categories == (Category.REQUIREMENT,)
    assert not verdict.needs_reply


@pytest.mark.parametrize("label", ["requirement", "complaint"])
def test_whoever_asks_or_complains_awaits_a_reply(label: str) -> None:
    assert concluded(mail("texto"), {label: 0.9, "needs_reply": 0.1}).needs_reply


def test_an_alert_of_the_office_awaits_no_reply() -> None:
    item = mail("Regularizar antes del viernes.", sender="alertas@agencia.example", role=SenderRole.ALERTS)
    verdict = concluded(item, {"requirement": 0.9, "complaint": 0.9, "needs_reply": 0.9})
    assert verdict.categories == (Category.REQUIREMENT,)
    assert not verdict.needs_reply
    assert Topic.INTERNAL_ALERT in verdict.topics


def test_documents_announced_but_not_there_are_none_and_are_awaited() -> None:
    verdict = concluded(mail("Adjunto los documentos."), {"documents": 0.9, "needs_reply": 0.1})
    assert verdict.categories == ()
    assert verdict.needs_reply


@pytest.mark.parametrize("file", ["voucher.pdf", "image001.png"])
def test_a_voucher_or_a_signature_image_alone_is_no_document(file: str) -> None:
    assert concluded(mail("Adjunto.", file), {"documents": 0.9}).categories == ()


@pytest.mark.parametrize("text", ["Adjunto.", "Están aquí: https://nube.textiles.example/emb-44"])
def test_attached_or_linked_documents_hold(text: str) -> None:
    files = ("factura 1.pdf",) if "Adjunto" in text else ()
    assert concluded(mail(text, *files), {"documents": 0.9}).categories == (Category.DOCUMENTS,)


def test_a_contingency_without_a_kind_takes_the_likeliest() -> None:
    verdict = concluded(mail("texto"), {"any_contingency": 0.8, "storage": 0.4, "fine": 0.3})
    assert verdict.contingency == (Contingency.STORAGE,)


def test_a_contingency_of_no_kind_at_all_is_asked_about() -> None:
    verdict = concluded(mail("texto"), {"any_contingency": 0.8, "storage": 0.1})
    assert verdict.contingency == ()
    assert "contingency" in verdict.doubts
    assert verdict.needs_review


@pytest.mark.parametrize(
    ("probabilities", "primary"),
    [
        ({"complaint": 0.9, "requirement": 0.9}, Primary.COMPLAINT),
        ({"requirement": 0.9, "documents": 0.9}, Primary.REQUIREMENT),
        ({"documents": 0.9}, Primary.DOCUMENTS),
        ({}, Primary.OTHER),
    ],
)
def test_primary_follows_the_order_of_the_guide(probabilities: dict[str, float], primary: Primary) -> None:
    assert concluded(mail("texto", "factura.pdf"), probabilities).primary is primary


def test_a_label_in_the_doubtful_band_is_asked_about() -> None:
    verdict = concluded(mail("texto"), {"complaint": 0.55})
    assert verdict.doubts == ("complaint",)
    assert verdict.needs_review


def test_a_rule_that_changes_something_says_so_in_spanish() -> None:
    verdict = concluded(mail("Adjunto."), {"documents": 0.9})
    assert any(
        reason.because == "Anuncia documentos, pero no hay ninguno adjunto ni enlazado" for reason in verdict.reasons
    )


def test_rule_names_are_unique_and_none_is_silent() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.says for rule in RULES)


def test_a_chosen_cut_decides_a_topic() -> None:
    draft = first_draft({"instruction": 0.3, "agreement": 0.3}, Thresholds(labels={"instruction": 0.25}))
    assert draft.topics == {Topic.INSTRUCTION}
