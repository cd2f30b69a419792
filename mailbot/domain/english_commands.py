"""Commands as people write them in English, put into the words of the Spanish ones. Pure.

A clause is translated only when it is a command from its first word to its last, as in Spanish.
"""

import re

_IT = r"(?:(?:it|this|that)(?: is| was| ?'?s| has been)? )?"
_COMPLAINT = r"(?:a |any )?(?:formal )?(?:complaint|claim)s?"
_DONE = (
    r"(?:done|handled|answered|replied|resolved|solved|closed|completed|attended(?: to)?|sorted(?: out)?|finished|"
    r"dealt with|taken care of)"
)
_LIST = r"(?:(?:items?|lines?|points?|numbers?|no\.?|#) ?)?(\d{1,2}(?:(?: ?, ?| and | to | ?- ?)\d{1,2})*)"
_ITEMS = re.compile(rf"^{_LIST} ?[.):\-=]* (?=\D)(.+)$")
_LAST_ITEMS = re.compile(rf"^(.*?[a-z]) {_LIST}$")
_ALL = re.compile(r"^(?:all|both|everything)(?: of (?:them|it))?(?: is| are| was| were)?\b ?")
_LEADING = re.compile(
    r"^(?:(?:hi|hello|dear|ok|okay|please|pls|thanks|thank you|sure|well|great|yes)(?: mailbot)?|and|so|then)\b ?"
)
_TRAILING = re.compile(r" ?\b(?:(?:many )?thanks.*|thank you.*|please|pls|already|today|now)$")
# Each in full; the first that fits decides.
_WHOLE = tuple(
    (re.compile(pattern), spanish)
    for pattern, spanish in (
        (rf"{_IT}(?:not|no|isn ?'?t) {_COMPLAINT}", "no es reclamo"),
        (rf"(?:it |this |that )(?:is|was) not {_COMPLAINT}", "no es reclamo"),
        (rf"{_IT}{_COMPLAINT}", "es reclamo"),
        (rf"{_IT}(?:already |all |been )*{_DONE}(?: (?:by (?:me|phone|mail)|it|(?:to )?the client))?", "atendido"),
        (rf"(?:i|we)(?: have| ?'?ve)?(?: already)? {_DONE}(?: (?:it|them|this|the client|to the client))?", "atendido"),
        (r"(?:i(?: have| ?'?ve)? )?(?:seen|noted|read|acknowledged|got it)(?: it| this)?", "visto"),
        (r"(?:none|neither)(?: of (?:them|these|those))?|no (?:shipment|order|dispatch)", "ninguna"),
        (rf"{_IT}(?:not about|about no) (?:an?y? )?(?:shipment|order|dispatch)", "ninguna"),
        (r"yes|yep|yeah|correct|right|indeed|(?:yes )?it is", "si"),
        (r"nope|not at all|(?:no )?it is not|(?:no )?it isn ?'?t", "no"),
    )
)
_POSTPONE = re.compile(r"(?:postpone|snooze|remind me(?: again)?|defer|put off)(?: (?:it|this|them|all))?\b ?(.*)")
_REASSIGN = re.compile(r"(?:re-?assign|assign|hand over|pass|give)(?: (?:it|this|them|all))? to (.+)|reassign (.+)")
_ORDER = re.compile(rf"{_IT}(?:about )?(?:the )?(?:order|shipment|dispatch|file)(?: (?:no\.?|number|#))?[ :]*(\d.*)")
_CLIENT = re.compile(rf"{_IT}(?:the )?(?:client|customer)(?: is)?[ :]+(.+)")
_TIMES = tuple(
    (re.compile(rf"\b(?:{english})\b"), spanish)
    for english, spanish in (
        ("until|till|til", "hasta"),
        ("half an hour", "media hora"),
        ("an hour|one hour", "1 hora"),
        ("a day|one day", "1 dia"),
        ("a week|one week", "1 semana"),
        ("two", "2"),
        ("three", "3"),
        ("four", "4"),
        ("working hours?|hours?|hrs?", "horas"),
        ("minutes?|mins?", "minutos"),
        ("working days?|business days?|days?", "dias"),
        ("weeks?", "semanas"),
        ("day after tomorrow", "pasado manana"),
        ("tomorrow", "manana"),
        ("today", "hoy"),
        ("monday", "lunes"),
        ("tuesday", "martes"),
        ("wednesday", "miercoles"),
        ("thursday", "jueves"),
        ("friday", "viernes"),
        ("at noon|noon", "mediodia"),
        ("at", "a las"),
        ("in|for|by|next|on|the|to", ""),
    )
)


def to_spanish(clause: str) -> str | None:
    """The same command in Spanish; None for what is no command in English."""
    core = clause.strip(" .:-()'")
    numbers = ""
    if items := _ITEMS.match(core):
        numbers, core = items[1], items[2]
    elif (items := _LAST_ITEMS.match(core)) and not _POSTPONE.match(core):
        core, numbers = items[1], items[2]
    for _ in range(3):
        core = _TRAILING.sub("", _LEADING.sub("", core) or core).strip(" .:-'") or core
    is_for_all = _ALL.match(core) is not None
    spanish = _command(_ALL.sub("", core).strip() if is_for_all else core)
    if spanish is None:
        return None
    numbered = numbers.replace(" and ", " y ").replace(" to ", " al ")
    return " ".join(part for part in (numbered, "todos" if is_for_all else "", spanish) if part)


def _command(core: str) -> str | None:
    for pattern, spanish in _WHOLE:
        if pattern.fullmatch(core):
            return spanish
    if found := _POSTPONE.fullmatch(core):
        return f"posponer {_time(found[1])}".strip()
    if found := _REASSIGN.fullmatch(core):
        return f"reasignar a {found[1] or found[2]}"
    if found := _ORDER.fullmatch(core):
        return f"orden {found[1]}"
    if found := _CLIENT.fullmatch(core):
        return f"cliente {found[1]}"
    return None


def _time(text: str) -> str:
    for pattern, spanish in _TIMES:
        text = pattern.sub(spanish, text)
    return " ".join(text.split())
