"""Vessels with their voyage: "MN PACIFIC HERON 602E", "nave Cape Ocoña", "OCEANIS LIMA V.061N"."""

import re
from collections.abc import Iterable

from mailbot.domain.identifiers import vessel_keys
from mailbot.domain.labels import ReferenceKind
from mailbot.reading.identifiers.passage import Passage

_WORD = (
    r"(?:(?i:(?:motonave|nave|buque|vapor|barco|vessel|vsl|feeder|E/P|B\s?/\s?T|draft\s?survey|M\s?/?\s?[NVT])(?:\s?/\s?(?:viaje|voyage|voy))?)"
    r"(?i:\s+(?:is|es|la|el|nueva|nuevo|ser[áa]|name|nombre|on|the))*)"
)
_V = r"(?i:v(?:iaje|je|oyage|oy|y)?)"
# A voyage with its direction, with its word, or in the carriers' form that starts with 0 and holds letters.
_VOYAGE = (
    rf"(?:(?:{_V}[.:\s]{{1,2}}(?=[A-Z]{{0,2}}\d))?(?:\d{{2,4}}-)?[A-Z]{{0,2}}\d{{1,4}}[NSEWRB]\b|E\d{{3}}\b|{_V}[.:\s-]{{1,2}}(?i:n[°º.]\s?)?\d{{1,5}}[A-Z]?\b|V\d{{3,4}}[NSEW]?\b"
    r"|0(?=[A-Z0-9]{0,6}[A-Z])[A-Z0-9]{3,8}\b)"
)
_NUMBER = r"\d{1,4}[A-Z]?(?![\w:]|[/.,-]\d|\s?(?:%|(?i:de|d[ií]as|horas|cajas|bultos|contenedores|TM|USD)\b))"
_TITLE = r"[A-ZÁÉÍÓÚÑ][A-Za-zÁÉÍÓÚÑáéíóúñ]+"
_CAPITALS = r"[A-ZÁÉÍÓÚÑ]{3,}"
_NUMERAL = r"(?:[IVX]{1,4}|\d{1,2})\b"
_NOT_A_NAME = (
    r"(?!(?i:MN|MV|MT|nave|buque|motonave|vessel|vsl|the|la|el|los|las|en|con|por|para|ETA|ETD|BL|HBL|MBL|BKG|booking|"
    r"viaje|aviso|arribo|cambio|delay|notice|arrival|status|embarque|despacho|docs|documentos|orden|report|final|inicial|fondead[oa]|atracad[oa]|varad[oa]|demorad[oa]|retrasad[oa]|cancelad[oa]|RE|RV|FW|FWD)\b)"
)
_NAME = rf"{_NOT_A_NAME}{_TITLE}(?:\s+(?:de\s+|del\s+|of\s+)?{_NOT_A_NAME}{_TITLE}){{0,3}}(?:\s{_NUMERAL}(?![/.,]\d))?"
_NAMED = re.compile(rf"(?<![A-Za-z0-9]){_WORD}[\s:\"“'(]{{1,3}}({_NAME}(?:[\"”'’]?,?\s*/?\s*(?:{_VOYAGE}|{_NUMBER}))?)")
_BY_VOYAGE = re.compile(
    rf"(?<![A-Za-z0-9])({_NOT_A_NAME}{_TITLE}(?:\s+(?:de\s+|del\s+)?{_NOT_A_NAME}{_TITLE}){{1,2}}(?:\s{_NUMERAL})?"
    rf"\s(?:/\s)?{_VOYAGE})"
)
# "la KALINDA 9W", "de la PACIFIC CONDOR 229": ships are feminine in Spanish trade mail.
_BY_ARTICLE = re.compile(
    rf"(?<![A-Za-z0-9])[Ll]a\s({_CAPITALS}\s{_VOYAGE}|{_CAPITALS}(?:\s{_CAPITALS}){{1,2}}\s(?!20\d\d){_NUMBER})"
)
_BY_VERB = re.compile(
    r"\b(?i:viene|vienen|llega|llegan|lleg[oó]|sale|salen|sali[oó]|zarpa|zarp[oó]|arriba|arrib[oó]|atraca|atrac[oó]|"
    r"embarc\w+|descarg\w+|pas[oó]|pasaron|trae|traen|trajo|suben?|cargan?|carg[oó]|pasa|recal\w+|fonde\w+)\s(?i:en|a|de|por|con)?\s?[Ll]a\s"
    rf"({_NOT_A_NAME}{_TITLE}(?:\s{_NOT_A_NAME}{_TITLE}){{1,2}}(?:,?\s{_VOYAGE})?)"
)
# "la Nordic Heron omitió Buenaventura", "el ORIENT STAR está fondeado": only ships do this.
_BEFORE_VERB = re.compile(
    rf"\b(?:[Ll]a|[Ee]l)\s({_NOT_A_NAME}{_TITLE}(?:\s{_NOT_A_NAME}{_TITLE}){{1,2}}(?:\s(?:{_VOYAGE}|\d\d-\d\d|{_NUMBER}))?)\s"
    r"(?:ya\s)?(?:zarp\w+|arrib\w+|atrac\w+|omiti\w+|omite|recal\w+|fonde\w+|termin[oó]\s(?:la\s)?descarga|"
    r"est[aá]\s(?:fondead|atracad|varad|demorad|en\srada)\w*)"
)
_ON_BOARD = re.compile(
    rf"\b(?:on|by|aboard|per|of)\sthe\s({_CAPITALS}(?:\s{_CAPITALS}){{1,2}}\s(?:{_VOYAGE}|{_NUMBER}))"
)
# One word is enough in a message that speaks of ships: "y Seorak 118E, ETA 26/04".
_ONE_WORD = re.compile(
    rf"(?<![A-Za-z0-9])(?!(?i:lote|calle|av|mz|km|modelo|serie|item|puerta|piso|ruta)\b){_NOT_A_NAME}({_TITLE}\s\d{{3,4}}[NSEW])\b"
)
_SPEAKS_OF_SHIPS = re.compile(r"\b(?:naves?|buques?|motonaves?|vessels?|M/?[NV]|ETA)\b", re.IGNORECASE)
_PATTERNS = ((_NAMED, 3), (_BY_VOYAGE, 2), (_BY_ARTICLE, 2), (_BEFORE_VERB, 2), (_ON_BOARD, 2), (_BY_VERB, 1))


def find_vessels(passage: Passage) -> None:
    """Take a name after its word, before a voyage, or where a sentence speaks of a ship."""
    for pattern, weight in _PATTERNS:
        for match in pattern.finditer(passage.text):
            passage.take(ReferenceKind.VESSEL, match.start(1), match.end(1), weight=weight)
    if passage.speaks_of(_SPEAKS_OF_SHIPS):
        for match in _ONE_WORD.finditer(passage.text):
            passage.take(ReferenceKind.VESSEL, match.start(1), match.end(1), weight=1)


def find_known_vessels(passage: Passage, canonicals: Iterable[str]) -> None:
    """Take the bare names of ships that the message names as such elsewhere."""
    for canonical in canonicals:
        name = vessel_keys(canonical)[-1]
        if " " in name:
            words = r"\s".join(re.escape(word) for word in name.split())
            for match in re.finditer(
                rf"(?<![A-Za-z0-9]){words}(?:\s{_VOYAGE})?(?![A-Za-z0-9])", passage.text, re.IGNORECASE
            ):
                passage.take(ReferenceKind.VESSEL, match.start(), match.end(), weight=1)
