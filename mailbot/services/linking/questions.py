"""The outcomes of linking, and what a person is asked where mailbot does not link by itself."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mailbot.domain.linkage import ClientMatch, DispatchMatch, Linkage, Reference
from mailbot.domain.office import Dispatch
from mailbot.services.linking.clues import Case
from mailbot.services.linking.evidence import matched

MOST_CANDIDATES = 5
# What fails the party check is shown, but never as likely.
_FOREIGN = 0.5

SEVERAL = "El correo puede tratar de varios despachos. ¿De cuál trata?"
NO_NUMBER = "El correo no cita ningún número y hay varios despachos abiertos. ¿De cuál trata?"
STRANGER = "No se conoce al remitente. ¿Para qué cliente y de qué despacho escribe?"


def foreign_question(reference: Reference, case: Case) -> str:
    """Somebody quotes a number of a client he is not known to write for."""
    if case.sender.is_known:
        return f"El correo cita {reference.value}, que es de otro cliente. ¿De qué despacho trata?"
    return f"Un remitente desconocido cita {reference.value}. ¿Para qué cliente escribe?"


def slip_question(reference: Reference) -> str:
    """A number that is one typing error away from a dispatch."""
    return f"El correo cita {reference.value}, que no existe; se parece a uno existente. ¿De qué despacho trata?"


def lost_question(reference: Reference) -> str:
    """A number that nobody knows."""
    return f"El correo cita {reference.value}, que no está entre los despachos. ¿De qué despacho trata?"


def linked(case: Case, dispatches: Iterable[Dispatch], *, also: Sequence[str] = (), how: str = "number") -> Linkage:
    """The mail is about these dispatches; `how` is how their client is known when the sender does not tell."""
    found = {item.order: item for item in dispatches}
    matches = [matched(item, case.references, case.sender, also=also) for item in found.values()]
    # Of equals the one that is named first comes first.
    ranked = tuple(sorted(matches, key=lambda match: -match.score))
    return Linkage(client=_client(case, next(iter(found.values())), how), dispatches=ranked)


def asked(case: Case, dispatches: Iterable[Dispatch], question: str, *, also: Sequence[str] = ()) -> Linkage:
    """A person is asked which of these it is."""
    found = {item.order: item for item in dispatches}
    matches = [_candidate(case, item, also) for item in list(found.values())[: 10 * MOST_CANDIDATES]]
    return Linkage(client=known_client(case), candidates=_ranked(matches)[:MOST_CANDIDATES], question=question)


def neither(case: Case) -> Linkage:
    """No dispatch, and nothing to ask."""
    return Linkage(client=known_client(case))


def known_client(case: Case) -> ClientMatch | None:
    """The client the sender is known to write for; for the office's own mail that of the conversation."""
    if case.sender.ruc is not None:
        return _match(case, case.sender.ruc, case.sender.how)
    if case.sender.is_office and case.thread and case.thread.ruc:
        return _match(case, case.thread.ruc, "thread")
    return None


def _client(case: Case, dispatch: Dispatch, how: str) -> ClientMatch | None:
    if case.sender.ruc is not None:
        return known_client(case)
    return _match(case, dispatch.ruc, how)


def _match(case: Case, ruc: str, how: str) -> ClientMatch:
    client = case.records.client(ruc)
    return ClientMatch(ruc=ruc, name=client.name if client else "", how=how)


def _candidate(case: Case, dispatch: Dispatch, also: Sequence[str]) -> DispatchMatch:
    match = matched(dispatch, case.references, case.sender, also=also)
    if case.sender.may_speak_of(dispatch.ruc):
        return match
    return replace(match, score=round(match.score * _FOREIGN, 2))


def _ranked(matches: Iterable[DispatchMatch]) -> tuple[DispatchMatch, ...]:
    """The likeliest first, the newest of equals."""
    newest_first = sorted(matches, key=lambda match: match.order, reverse=True)
    return tuple(sorted(newest_first, key=lambda match: -match.score))
