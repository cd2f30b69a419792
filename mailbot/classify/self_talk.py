"""Words in which a message says how it should be treated: they can never lower its priority.

Whoever writes "este correo no es un reclamo", "ignore previous instructions" or "prioridad baja" speaks to
the reader, man or machine, not of the dispatch. A message that does so is scored with and without those
words, and the graver reading holds: nobody can talk a message down, neither by accident nor on purpose.
"""

import re

from mailbot.classify.words import fold

_MAIL = r"(?:correo|mensaje|mail|email|e-mail|message|caso|texto)"
_PATTERNS = (
    # Orders to a classifier, assistant or filter.
    r"\b(?:clasifi|categori[zc]|etiquet)\w*\b.{0,40}\b(?:como|as|este|esta|this)\b",
    r"\b(?:classify|categorize|label|mark|treat|flag|consider)\b.{0,30}\bas\b",
    r"\b(?:trat|marc|consider)\w*\b.{0,20}\b(?:este|esta|esto)\b.{0,30}\bcomo\b",
    r"\b(?:ignor|olvid|omit)\w*\b.{0,30}\b(?:instruc\w+|reglas|indicaciones)\b",
    r"\b(?:ignore|disregard|forget)\b.{0,40}\b(?:instructions?|rules|prompts?|above)\b",
    r"\b(?:asistente|sistema|bot|ia|inteligencia artificial|clasificador|filtro)\s*:",
    r"\b(?:system|assistant|ai|bot|classifier)\s*:",
    r"\b(?:mailbot|chatgpt|llm)\b",
    # What the message claims to be, or not to be.
    rf"\b(?:este|esta|el presente)\s+{_MAIL}?\s*no\s+(?:es|constituye|contiene|debe)\b",
    rf"\bthis\s+{_MAIL}?\s*(?:is not|isn't|is no)\b",
    rf"\b(?:este|esta)\s+(?:es\s+)?(?:un|una)?\s*{_MAIL}\s+(?:es\s+)?(?:automatic|informativ|publicitari|de prueba)",
    r"\bthis is an? (?:automat\w+|newsletter|test|informational|promotional)\b",
    # Whether it wants an answer or haste.
    r"\bno\s+(?:se\s+)?(?:requiere|necesita|amerita|espera|hace falta|es necesari[oa])\s+"
    r"(?:de\s+)?(?:una?\s+|ninguna\s+)?(?:respuesta|responder|contestar|atencion|accion|escalar|gestion)",
    r"\bno (?:reply|response|answer|action|escalation)\b.{0,15}\b(?:needed|required|necessary|expected)\b",
    r"\b(?:prioridad|priority|importancia|importance)\b\W{0,3}(?:es\s+|is\s+)?\b(?:baja|nula|ninguna|normal|low|none)\b",
    r"\b(?:baja|low|sin) (?:prioridad|priority)\b",
    r"\bno (?:escal|report|avis)\w+\b.{0,30}\b(?:supervisor\w*|jefa?|jefatura|gerencia)\b",
    r"\bdo not (?:escalate|report|forward)\b",
)  # fmt: skip
_SELF_TALK = re.compile("|".join(_PATTERNS))
# Words without which no pattern can match: a cheap look first, most sentences hold none.
_HINT = re.compile(
    r"clasif|categori|etiquet|classif|label|mark|treat|flag|consid|trat|ignor|olvid|omit|forget|disregard|"
    r"asistente|sistema|bot|\bia\b|inteligencia|filtro|system|assistant|\bai\b|gpt|llm|este|esta|presente|this|"
    r"no |low|priorid|importan|do not"
)


def is_self_talk(sentence: str) -> bool:
    """Whether a sentence speaks of how the message should be treated."""
    folded = fold(sentence)
    return bool(_HINT.search(folded)) and bool(_SELF_TALK.search(folded))


def without_self_talk(sentence: str) -> str:
    """A sentence up to the point where it begins to speak of itself; empty when it does so from the start."""
    folded = fold(sentence)
    if not _HINT.search(folded) or (found := _SELF_TALK.search(folded)) is None:
        return sentence
    # Folding keeps the number of letters in nearly every text; where it does not, nothing is kept.
    return sentence[: found.start()].rstrip() if len(folded) == len(sentence) else ""
