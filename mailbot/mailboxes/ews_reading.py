"""Fetches the contents of listed mails over EWS, several in one request while they are small."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mailbot.ews.client import EwsClient
from mailbot.ews.failure import EwsFailure
from mailbot.mailboxes.ews_round import Listed

# What one answer is to hold at most; a larger mail comes alone.
_ANSWER_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Content:
    """A mail's bytes, or why there are none."""

    raw: bytes | None = field(default=None, repr=False)
    fault: str = ""


def contents_of(client: EwsClient, mails: Sequence[Listed], *, max_bytes: int) -> Sequence[Content | None]:
    """One for each mail in order; None for one that was deleted or moved meanwhile."""
    found: dict[str, Content | None] = {}
    for mail in mails:
        if mail.size > max_bytes:
            found[mail.id] = Content(fault=f"pasa de {max_bytes // 2**20} MB")
    for group in _groups([mail for mail in mails if mail.id not in found]):
        found.update(_fetched(client, [mail.id for mail in group]))
    return [found[mail.id] for mail in mails]


def _groups(mails: Sequence[Listed]) -> Iterator[Sequence[Listed]]:
    group: list[Listed] = []
    size = 0
    for mail in mails:
        if group and size + mail.size > _ANSWER_BYTES:
            yield group
            group, size = [], 0
        group.append(mail)
        size += mail.size
    if group:
        yield group


def _fetched(client: EwsClient, ids: Sequence[str]) -> dict[str, Content | None]:
    try:
        got = client.contents(ids)
    except EwsFailure as failure:
        is_about_content = failure.code == "Malformed" or failure.status in (413, 500)
        if not is_about_content:
            raise
        if len(ids) == 1:
            return {ids[0]: Content(fault=f"Exchange no entregó el correo: {failure}")}
        # One mail that breaks the whole answer is not to keep back the others.
        return {id_: content for one in ids for id_, content in _fetched(client, [one]).items()}
    return {id_: _content(one) for id_, one in zip(ids, got, strict=True)}


def _content(got: bytes | EwsFailure) -> Content | None:
    if isinstance(got, bytes):
        return Content(raw=got)
    if got.is_missing:
        return None
    if got.may_pass:
        raise got
    return Content(fault=f"Exchange no entregó el correo: {got}")
