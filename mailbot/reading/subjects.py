"""Subjects for comparing: what mail programs and gateways put in front is taken off."""

import re
import unicodedata

# Reply and forward marks by language; the list follows what clients write, not a standard.
# Longer subjects are attacks; what stands first decides.
_CHARS = 1000
# From so many words on two matters hardly share a subject.
_MANY_WORDS = 5
_MARKS = (
    "re|rv|fw|fwd|rtr|enc|tr|aw|wg|sv|vs|vb|antw|doorst|res|r|i|rif|ynt|ilt|odp|pd|trs|fs|bls|atb|"
    "resp|respuesta|reenviado|reenv|reenvio|reenvío|ref|doorgestuurd|hа|ha|на|отв|回复|答复|回覆|转发|轉寄|"
    "轉發|返信|転送|回|回信|ang|αντ|απ|σχετ|πρθ|vá|antwort|vast|svar|ответ|תשובה|השב|הועבר|رد|إعادة توجيه|reply|"
    "odg|odgovor|"
    "trả lời|tl|bal|전달|회신|답장"
)
_PREFIX = re.compile(
    rf"^(?:{_MARKS})\s*(?:[\[(]\s*\d{{1,3}}\s*[\])]|\^\d{{1,3}}|\d{{1,2}})?\s*[:：]{{1,2}}\s*", re.IGNORECASE
)
_TAG = re.compile(
    r"^[\[(<*]{1,3}\s*(?:external|externo|extern|externe|ext|correo externo|external email|external sender|spam\??"
    r"|posible spam|sospechoso|suspicious|caution|fwd|encrypted|cifrado|seguro|secure|"
    r"confidencial)\s*[\])>*]{1,3}\s*[:\-]?\s*"
    # Other gateways put no brackets around it.
    r"|^(?:external|externo|ext|correo externo|external e-?mail)\s*:\s*(?=\S)",
    re.IGNORECASE,
)
# Lists put their name in front (RFC 5256 section 2.1, subj-blob); a number there tells matters apart.
_LIST_NAME = re.compile(r"^\[[^\[\]\d]{1,40}\]\s*(?=\S)")
_WRAPPED = re.compile(r"^\[\s*fwd?\s*:\s*(.{1,900})\]$", re.IGNORECASE)
_SUFFIX = re.compile(r"\s*\((?:fwd|was:.{0,200}|reenviado)\)\s*$", re.IGNORECASE)
_FORWARD = re.compile(
    r"^(?:fwd?|rv|tr|wg|enc|i|vs|vb|vl|pd|doorst|rtr|[iİ]lt|fs|trs?|tov[aá]bb[ií]t\w*|p[rř]epos\w*|"
    r"p[rř]eposlan\w*|redirec\w*|trimis|"
    r"reenv(?:iado|[ií]o)?|ref|weitergeleitet|doorgestuurd|vidarebefordr\w*|videresen\w*|edelleenl\w*|transf\w*|"
    r"inoltr\w*|"
    r"encaminh\w*|proslij\w*|prosl\w*|пересл\w*|перенапр\w*|转发|轉寄|轉發|転送|전달|haber|inol)\s*[:：]",
    re.IGNORECASE,
)
# "Respuesta automática: RE: …" is about the same matter.
_AUTOMATIC = re.compile(
    r"^(?:respuesta autom[aá]tica|automatic reply|auto(?:matic)?[ -]?re(?:ply|sponse)|out of office"
    r"|fuera de (?:la )?oficina|automatische antwort|réponse automatique|resposta automática|undeliverable|no se "
    r"puede entregar|undelivered mail|unzustellbar|non remis|n[aã]o [eé] poss[ií]vel entregar|"
    r"onbestelbaar|impossibile recapitare"
    r"|aceptado|accepted|rechazado|declined|tentative|provisional|le[ií]do|read|recuperar|recall)\s*:\s*",
    re.IGNORECASE,
)


def strip_marks(subject: str) -> str:
    """The subject without reply, forward and gateway marks, otherwise as written."""
    text = " ".join(subject[:_CHARS].split())
    while True:
        shorter = _SUFFIX.sub("", _AUTOMATIC.sub("", _TAG.sub("", _PREFIX.sub("", text))))
        shorter = _LIST_NAME.sub("", _WRAPPED.sub(r"\1", shorter)).strip()
        if shorter == text:
            return text
        text = shorter


def is_reply_subject(subject: str) -> bool:
    """Whether a subject says that the mail answers or forwards another one."""
    text = _LIST_NAME.sub("", _TAG.sub("", " ".join(subject[:_CHARS].split())))
    return bool(_PREFIX.match(text) or _AUTOMATIC.match(text) or _WRAPPED.match(text))


def is_forward_subject(subject: str) -> bool:
    """Whether a subject says that the mail sends another one on."""
    return _FORWARD.match(_TAG.sub("", " ".join(subject[:_CHARS].split()))) is not None


def subject_key(subject: str) -> str:
    """The subject for comparing: no marks, accents, case or surplus blanks."""
    text = unicodedata.normalize("NFKD", strip_marks(subject))
    text = "".join(character for character in text if not unicodedata.combining(character))
    return " ".join(text.casefold().split())


def is_distinctive_subject(key: str) -> bool:
    """A subject that two matters hardly share: with a number, or of many words; "consulta" is none."""
    return any(character.isdigit() for character in key) or len(key.split()) >= _MANY_WORDS
