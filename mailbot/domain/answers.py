"""What an answer of the office amounts to: an acknowledgement, a promise, a review's result.

Read from the sender's own words alone; a doubtful text counts as less, never as more, since a
clock that stops too early hides a missed deadline.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

# Words of courtesy and receipt; what is left after them decides whether anything was said.
_RECEIPT = re.compile(
    r"\b(recibid[oa]s?|recepcionad[oa]s?|acuso( de)? recibo|conforme con la recepcion|tomo nota|tomamos nota|anotado|"
    r"enterad[oa]s?|ok|okey|perfecto|de acuerdo|entendido|received|noted|got it|well noted)\b"
)
_WORKING_ON_IT = re.compile(
    r"\b(l[oa]s? (vemos|veo|reviso|revisamos|revisaremos|estamos (viendo|revisando)|valid(o|amos)|consult(o|amos))|"
    r"(en|estamos en|estoy en|esta en) revision|ya l[oa]s? (veo|vemos|reviso|revisamos)|(estamos|"
    r"estoy) (revisando|viendo|"
    r"verificando|validando|consultando|coordinando)|procedemos (con|a) (la |su )?(revision|revisar\w*)|"
    r"(procederemos|vamos|voy) a revisar\w*|will (check|review|look into)|under review|checking)\b"
)
_PROMISE = re.compile(
    r"\b((te|le|les|os) (confirm|envi|avis|inform|respond|mand|compart|remit|pas|actualiz|comunic)\w*"
    r"|(se|lo|la|los|las) (l[oa]s? )?(confirm|envi|mand|remit|compart|pas)(are|aremos|o|amos)\w*"
    r"|(confirm|envi|avis|inform|respond|mand|compart|remit|actualiz|regulariz|gestion)(are|aremos)\b"
    r"|sin costo|no tendra costo|asum(imos|iremos|ire)|we will (send|confirm|reply|revert|get back)|"
    r"(will|shall) (revert|confirm|send)|by tomorrow)"
)
_FUTURE = re.compile(
    r"\b(manana|tarde|hoy|lunes|martes|miercoles|jueves|viernes|sabado|proxim[oa]|primera hora|mas tarde|en breve|"
    r"luego|apenas|en cuanto|ni bien|dentro de|antes de|tomorrow|today|monday|tuesday|wednesday|thursday|friday|"
    r"shortly|"
    r"soon|as soon as|sin costo|no tendra costo|asumi(mos|remos|re)|aremos|are)\b|\w(are|aremos|ire|iremos)\b|\bwill\b"
)
_REVIEW_RESULT = re.compile(
    r"\b(conformes?|observad[oa]s?|observacion(es)?|falta(n|ria|rian)?|pendientes?|corregir|correccion(es)?|subsanar|"
    r"difieren?|no coincid\w+|completos?|completas?|incomplet[oa]s?|aprobad[oa]s?|revisad[oa]s?|sin observaciones|"
    r"todo (ok|bien|en orden|correcto)|correct[oa]s?|rectificar|ilegible|vencid[oa]|approved|missing|reviewed|"
    r"discrepanc\w+|in order|complete|amend\w*|please correct)\b"
)
# "Aún no", or "si hay observaciones le aviso": a result that is not there.
_NO_RESULT_YET = re.compile(
    r"\b(aun no|todavia no|not yet|(recibid|conform)\w* conforme|si (hay|hubiera|hubiese|tengo|tenemos|"
    r"existe)\w*)\b[^.;]*"
)
_COURTESY = re.compile(
    r"\b(estimad[oa]s?|hola|buen(os|as)? (dias?|tardes?|noches?)|gracias|muchas|saludos|cordiales|atentamente|slds|"
    r"por favor|quedo atent[oa]|quedamos atentos|de antemano|thanks?|thank you|dear|hi|hello|regards|best|kind|"
    r"tu|su|sus|el|la|los|las|lo|de|del|y|a|en|con|por|para|que|correo|mensaje|documentos?|documentacion|ya|and|"
    r"the|your|"
    r"you|we|i|it|them|will|todo|muy|un|una|se|le|te|les)\b"
)
_PROFORMA = re.compile(
    r"proforma|pre[-_ ]?liquidaci|liquidacion[-_ ]?(previa|estimada)|cotizaci|estimad[oa]|presupuesto"
)
_WEEKDAYS = {"lunes": 0, "martes": 1, "miercoles": 2, "jueves": 3, "viernes": 4, "sabado": 5}
_DATE = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{2,4}))?\b")


@dataclass(frozen=True, kw_only=True)
class AnswerNature:
    """What one answer of the office amounts to."""

    # It only says that the mail arrived or is being looked at.
    is_acknowledgement: bool
    # It announces something for later ("le confirmo mañana", "sin costo"), Annex 01 row 7.
    is_promise: bool
    # The day it names for that; None when it names none.
    promised_on: date | None
    # That day is told from the day of writing ("mañana"), not by its own date or name.
    is_day_relative: bool = False
    # It brings the outcome of a document review (conforme, observado, what is missing).
    brings_review: bool = False
    has_proforma: bool = False

    @property
    def answers(self) -> bool:
        """Whether it stops a `reply`: anything but a bare acknowledgement."""
        return not self.is_acknowledgement


def fold(text: str) -> str:
    """Lower case without accents, blanks folded: the form in which Spanish text is compared."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def read_answer(text: str, *, attachments: Sequence[str] = (), written_on: date) -> AnswerNature:
    """Judge an answer of the office by its own words and the names of its attachments.

    `written_on` is the day it was sent, in the office's zone; a promised day is reckoned from it.
    """
    folded = fold(text)
    has_proforma = any(_PROFORMA.search(fold(name)) for name in attachments)
    is_promise = _is_promise(folded)
    has_result = _REVIEW_RESULT.search(_NO_RESULT_YET.sub(" ", folded)) is not None
    is_receipt = not attachments and not has_result and _is_receipt_only(folded)
    return AnswerNature(
        is_acknowledgement=is_receipt and not is_promise,
        is_promise=is_promise,
        promised_on=_promised_day(folded, written_on) if is_promise else None,
        is_day_relative=is_promise and _relative_day(folded, written_on) is not None,
        brings_review=has_result,
        has_proforma=has_proforma,
    )


def _is_promise(folded: str) -> bool:
    return any(
        _PROMISE.search(sentence) is not None and _FUTURE.search(sentence) is not None
        for sentence in re.split(r"[.;!?]\s|\n", folded)
    )


def _is_receipt_only(folded: str) -> bool:
    if "?" in folded:
        return False
    if not (_RECEIPT.search(folded) or _WORKING_ON_IT.search(folded)):
        return not _words_left(folded)
    rest = _WORKING_ON_IT.sub(" ", _RECEIPT.sub(" ", folded))
    # Names and a stray word may remain; a real answer says more than that.
    return len(_words_left(rest)) <= 3


def _words_left(folded: str) -> list[str]:
    return re.findall(r"[a-z]{3,}|\d{2,}", _COURTESY.sub(" ", folded))


def _promised_day(folded: str, written_on: date) -> date | None:
    relative = _relative_day(folded, written_on)
    if relative is not None:
        return relative
    for name, number in _WEEKDAYS.items():
        if re.search(rf"\b{name}\b", folded):
            return written_on + timedelta(days=(number - written_on.weekday()) % 7 or 7)
    return _named_date(folded, written_on)


def _relative_day(folded: str, written_on: date) -> date | None:
    if re.search(r"\bpasado manana\b", folded):
        return written_on + timedelta(days=2)
    if re.search(r"\b(manana|tomorrow)\b", re.sub(r"\b(por|de|en|esta) la manana\b", " ", folded)):
        return written_on + timedelta(days=1)
    if re.search(r"\b(hoy|esta tarde|today)\b", folded):
        return written_on
    return None


def _named_date(folded: str, written_on: date) -> date | None:
    found = _DATE.search(folded)
    if found is None:
        return None
    day, month, year = int(found[1]), int(found[2]), found[3]
    full_year = written_on.year if year is None else int(year) + (2000 if len(year) == 2 else 0)
    try:
        named = date(full_year, month, day)
    except ValueError:
        return None
    return named if named >= written_on else None
