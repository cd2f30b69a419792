"""The rules on top of the model, in the order in which they are applied.

Each is a row: its name, the sentence shown to people when it changed something, and a function from case
and draft to draft. What the guide (`models/corpus/LABELS.md`) settles is settled here; everything else
is the model's. Only facts of the sending (headers, addresses, files) may take a label away: what a
message says about itself never can.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from mailbot.classify.draft import Case, Draft
from mailbot.domain.labels import Category, Contingency, Topic
from mailbot.domain.message import MessageKind
from mailbot.ports.classifier import SenderRole

_CONTINGENCIES = tuple(Contingency)
# Below this a contingency kind is not named even when some contingency is sure.
_LEAST_KIND = 0.2


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One row of the table."""

    name: str
    says: str
    apply: Callable[[Case, Draft], Draft]


def apply_rules(case: Case, draft: Draft) -> Draft:
    """Apply every rule in order; a rule that changes the labels leaves its reason."""
    for rule in RULES:
        changed = rule.apply(case, draft)
        if changed != draft:
            changed = changed.because(rule.name, rule.says)
        draft = changed
    return draft


def _automatic_answer(case: Case, draft: Draft) -> Draft:
    if case.message.kind not in {MessageKind.AUTO_REPLY, MessageKind.BOUNCE}:
        return draft
    topics = draft.topics & {Topic.RECIPIENTS_CHANGE} | {Topic.AUTO_REPLY}
    # An automatic answer may still ask for something real: to be taken off a list (ruling 5 by analogy).
    categories = draft.categories & {Category.REQUIREMENT} if Topic.RECIPIENTS_CHANGE in topics else frozenset()
    return Draft(categories=categories, topics=topics, reasons=draft.reasons)


def _newsletter(case: Case, draft: Draft) -> Draft:
    if case.message.kind is not MessageKind.LIST:
        return draft
    return Draft(topics=frozenset({Topic.MARKETING}), reasons=draft.reasons)


def _calendar(case: Case, draft: Draft) -> Draft:
    if case.message.kind is not MessageKind.CALENDAR:
        return draft
    return Draft(topics=draft.topics & {Topic.AUTO_REPLY}, reasons=draft.reasons)


def _own_alert(case: Case, draft: Draft) -> Draft:
    if case.role is not SenderRole.ALERTS:
        return draft
    return replace(
        draft,
        categories=draft.categories & {Category.REQUIREMENT},
        topics=draft.topics | {Topic.INTERNAL_ALERT},
        needs_reply=False,
    )


def _papers_needed(case: Case, draft: Draft) -> Draft:
    if Category.DOCUMENTS not in draft.categories or case.brings_papers:
        return draft
    # Ruling 4: announced but neither attached nor linked; somebody still waits for an answer.
    return replace(draft, categories=draft.categories - {Category.DOCUMENTS}, needs_reply=True)


def _person_waits(case: Case, draft: Draft) -> Draft:
    asks = draft.categories & {Category.REQUIREMENT, Category.COMPLAINT}
    if not asks or case.message.kind is not MessageKind.PERSON or case.role is SenderRole.ALERTS:
        return draft
    return replace(draft, needs_reply=True)


def _some_kind(case: Case, draft: Draft) -> Draft:
    """A contingency without a kind is named by the likeliest one, else asked about."""
    if draft.contingency or case.probability("any_contingency") < 0.5:
        return draft
    if case.message.kind is not MessageKind.PERSON:
        return draft
    likeliest = max(_CONTINGENCIES, key=lambda kind: case.probability(kind.value))
    if case.probability(likeliest.value) < _LEAST_KIND:
        return draft.doubting("contingency")
    return replace(draft, contingency=frozenset({likeliest}))


RULES: tuple[Rule, ...] = (
    Rule(
        name="automatic answer",
        says="Respuesta automática o aviso de entrega: no espera respuesta",
        apply=_automatic_answer,
    ),
    Rule(name="newsletter", says="Boletín o lista de correo", apply=_newsletter),
    Rule(name="calendar", says="Invitación de calendario", apply=_calendar),
    Rule(name="own alert", says="Aviso del sistema de alertas de la agencia: no espera respuesta", apply=_own_alert),
    Rule(
        name="papers needed", says="Anuncia documentos, pero no hay ninguno adjunto ni enlazado", apply=_papers_needed
    ),
    Rule(name="person waits", says="Una persona pide o reclama: espera respuesta", apply=_person_waits),
    Rule(name="some kind", says="Costo o riesgo sin tipo claro: se toma el más probable", apply=_some_kind),
)
