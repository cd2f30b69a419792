"""Whether a mail speaks of a dispatch under way though it names no number."""

import re

from mailbot.domain.labels import Category, Topic
from mailbot.domain.message import Message, MessageKind
from mailbot.domain.office import Dispatch, Transport
from mailbot.domain.verdict import Verdict

# A mail about one of these always means a dispatch that somebody works on.
_ABOUT_A_DISPATCH = frozenset(
    {
        Topic.STATUS_QUERY,
        Topic.DELIVERY_SCHEDULING,
        Topic.DOCUMENT_REQUEST,
        Topic.CORRECTION_REQUEST,
        Topic.INSTRUCTION,
        Topic.PAYMENT_NOTICE,
        Topic.EXTRA_SERVICE,
        Topic.REGIME_EXPIRY,
        Topic.ARCHIVE_OBSERVATION,
        Topic.INTERNAL_ALERT,
    }
)
# A mail about nothing but these means none.
_ABOUT_NONE = frozenset(
    {
        Topic.QUOTATION_REQUEST,
        Topic.MARKETING,
        Topic.ACKNOWLEDGEMENT,
        Topic.RECIPIENTS_CHANGE,
        Topic.AUTO_REPLY,
        Topic.AGREEMENT,
    }
)
_WORDS_FOR = re.compile(
    r"\b(?:despachos?|levante|canal|aforo|numera\w*|DAM|DUA|regulariza\w*|ETA|nave|vuelo|arrib\w+|desembar\w+|descarg\w+|"
    r"retir\w+|entrega\w*|almacenaje|sobreestad[ií]a|volante|visto bueno|abandono|contenedor(?:es)?|carga|"
    r"mercader[ií]a|mercanc[ií]a|embarque|tributos|factura|packing|p[oó]liza|"
    r"shipment|cargo|container|clearance|release[d]?|vessel|arriv\w+|customs|delivery|demurrage|storage)\b",
    re.IGNORECASE,
)
_WORDS_AGAINST = re.compile(
    r"\b(?:cotiza\w*|tarifa\w*|cu[aá]nto (?:cuesta|cobran|saldr[ií]a)|presupuesto|licitaci[oó]n|webinar|"
    r"seminario|suscr\w+|promoci[oó]n|descuento|quotation|quote|newsletter|unsubscribe|encuesta|primera vez|"
    r"nuevo (?:embarque|despacho|proveedor)|pr[oó]ximo embarque|new (?:shipment|order))\b",
    re.IGNORECASE,
)
_OPENS_ONE = re.compile(
    r"\b(?:nuev[oa]s?\s+(?:embarque|despacho|importaci[oó]n|exportaci[oó]n|orden)|abrir\s+(?:la\s+)?orden|"
    r"(?:iniciar|aperturar|inicio\s+de)\s+(?:el\s+|del\s+)?despacho|new\s+(?:shipment|dispatch|order))\b",
    re.IGNORECASE,
)
_BY_AIR = re.compile(r"\b(?:a[eé]re[oa]s?|vuelo|avi[oó]n|AWB|gu[ií]a a[eé]rea|air(?:freight)?|flight)\b", re.IGNORECASE)
_BY_SEA = re.compile(
    r"\b(?:mar[ií]tim[oa]s?|nave|buque|contenedor(?:es)?|container|B/?L|naviera|vessel|sobreestad[ií]a|demurrage)\b",
    re.IGNORECASE,
)
_BY_LAND = re.compile(r"\b(?:terrestre|carta porte|CRT|MIC|Desaguadero)\b", re.IGNORECASE)
_MODES = ((Transport.AEREA, _BY_AIR), (Transport.MARITIMA, _BY_SEA), (Transport.TERRESTRE, _BY_LAND))
_EXPORT = re.compile(r"\b(?:exportaci[oó]n|export\w*|embarcar|cut[- ]?off)\b", re.IGNORECASE)
_TEMPORARY = re.compile(r"\b(?:admisi[oó]n temporal|temporal)\b", re.IGNORECASE)
_STORED = re.compile(r"\bdep[oó]sito aduanero\b", re.IGNORECASE)
_REGIMES = (
    (frozenset({"40", "41", "48"}), _EXPORT),
    (frozenset({"20", "21"}), _TEMPORARY),
    (frozenset({"70"}), _STORED),
)


def speaks_of_dispatch(message: Message, verdict: Verdict | None) -> bool:
    """Whether a person writes about a dispatch that is under way; the verdict decides, else the words."""
    if message.kind is not MessageKind.PERSON or opens_one(message):
        return False
    if verdict is None:
        return _words_say_so(message)
    topics = set(verdict.topics)
    if topics & _ABOUT_A_DISPATCH or verdict.contingency:
        return True
    if topics and topics <= _ABOUT_NONE:
        return False
    if Category.DOCUMENTS in verdict.categories:
        return True
    return bool(verdict.categories) and _words_say_so(message)


def opens_one(message: Message) -> bool:
    """Whether the sender says that a new dispatch begins with this mail."""
    return bool(_OPENS_ONE.search(f"{message.subject}\n{message.new_text}"))


def fitting(message: Message, dispatches: tuple[Dispatch, ...]) -> tuple[Dispatch, ...]:
    """The dispatches that agree with the means of transport and the regime that the words name, if any do."""
    text = f"{message.subject}\n{message.new_text}"
    modes = {mode for mode, pattern in _MODES if pattern.search(text)}
    regimes = {regime for codes, pattern in _REGIMES if pattern.search(text) for regime in codes}
    by_mode = tuple(item for item in dispatches if not modes or item.transport in modes) or dispatches
    return tuple(item for item in by_mode if not regimes or item.regime in regimes) or by_mode


def _words_say_so(message: Message) -> bool:
    text = f"{message.subject}\n{message.new_text}"
    return bool(_WORDS_FOR.search(text)) and not _WORDS_AGAINST.search(text)
