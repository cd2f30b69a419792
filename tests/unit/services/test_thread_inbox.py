"""An imported inbox of thousands of mails with gaps: replies find their place, and no two clients are merged."""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

import pytest

from mailbot.domain.message import Address, Message
from tests.unit.services.test_thread import START, Inbox

_SUBJECTS = (
    *("Consulta", "Status", "Cotización", "Documentos embarque BL MAEU{n}", "Factura FAC-{n}", "Pago tributos"),
    *("Orden 2026-{n:06d}", "Canal DAM 118-2026-10-{n:06d}", "Vacaciones del equipo", "ETA", "Invoice", "Urgente"),
    *("Reclamo por sobrecostos de almacén y demora", "Liquidación de gastos de noviembre", "Shipment {n}"),
)
_OFFICE = tuple(f"{name}@agencia.example" for name in ("karina", "rosa", "luis", "ana", "percy", "nora"))


@dataclass(frozen=True, kw_only=True)
class _Mail:
    message: Message
    client: str
    matter: int
    is_reply: bool


def _matter(number: int, rng: random.Random) -> list[_Mail]:
    """One conversation: answers to one of the last three mails, some without a header or with few of them."""
    client = f"c{rng.randrange(40)}.example"
    people = [f"{name}@{client}" for name in rng.sample(("jose", "maria", "pepe", "lucia"), rng.randint(1, 3))]
    owner, subject = rng.choice(_OFFICE), rng.choice(_SUBJECTS).format(n=1000 + number * 7)
    at = START + timedelta(minutes=rng.randrange(60 * 24 * 200))
    chains: list[tuple[str, ...]] = []
    mails = []
    for turn in range(max(1, round(rng.expovariate(1 / 7)))):
        sender = (rng.choice(_OFFICE) if rng.random() < 0.1 else owner) if turn % 2 else rng.choice(people)
        others = [person for person in (*people, owner) if person != sender] or [owner]
        chain = rng.choice(chains[-3:]) if chains else ()
        at += timedelta(minutes=rng.randint(3, 1800))
        name = f"<{number}.{turn}@{client}>"
        message = Message(
            message_id=name,
            sha256=name,
            content_digest=name,
            received_at=at + timedelta(hours=rng.randint(1, 60) if rng.random() < 0.07 else 0),
            date=at,
            subject=(rng.choice(("RE: ", "Re: ", "RV: ", "Fwd: ", "RE: RE: ")) if chain else "") + subject,
            sender=Address(address=sender),
            to=tuple(Address(address=person) for person in dict.fromkeys((*rng.sample(others, 1), people[0], owner))),
            **_headers(chain, rng),
        )
        chains.append((*chain, name))
        mails.append(_Mail(message=message, client=client, matter=number, is_reply=bool(chain)))
    return mails


def _headers(chain: tuple[str, ...], rng: random.Random) -> dict[str, object]:
    kind = rng.random()
    if not chain or kind > 0.92:
        return {}
    if kind > 0.80:
        return {"in_reply_to": chain[-1]}
    return {"in_reply_to": chain[-1] if kind < 0.76 else None, "references": chain if kind < 0.70 else chain[-2:]}


@pytest.mark.long
@pytest.mark.parametrize("knows_clients", [True, False], ids=["clients-known", "clients-unknown"])
def test_replies_of_an_imported_inbox_find_their_conversation(knows_clients: bool) -> None:
    rng = random.Random(5)  # noqa: S311
    mails = [mail for number in range(900) for mail in _matter(number, rng) if rng.random() > 0.12][:5000]
    mails.sort(key=lambda mail: str(mail.message.received_at))
    inbox = Inbox()
    for mail in mails:
        inbox.get(mail.message, mail.client if knows_clients else None)

    places = [(mail, inbox.conversation(mail.message)) for mail in mails]
    of_matter: dict[int, Counter[str]] = {}
    clients_of: dict[str, set[str]] = {}
    for mail, place in places:
        of_matter.setdefault(mail.matter, Counter())[place] += 1
        clients_of.setdefault(place, set()).add(mail.client)
    replies = [(mail, place) for mail, place in places if mail.is_reply]
    right = sum(place == of_matter[mail.matter].most_common(1)[0][0] for mail, place in replies)
    assert right >= 0.99 * len(replies)
    assert not [found for found in clients_of.values() if len(found) > 1]
