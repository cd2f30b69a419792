"""The words of commands: what people write for each, what surrounds it, what takes it back.

Everything is compared in the form of `mailbot.domain.answers.fold`: lower case without accents.
"""

import re
from enum import StrEnum


class Verb(StrEnum):
    """What a person can say (`contract.md`, the ladder)."""

    # `visto`: no further step until the next working day.
    SEEN = "seen"
    # `atendido`: it was done.
    DONE = "done"
    IS_COMPLAINT = "is_complaint"
    NOT_COMPLAINT = "not_complaint"
    # `posponer 4h`.
    POSTPONE = "postpone"
    # `reasignar CODIGO`.
    REASSIGN = "reassign"
    # `orden 2026-004512`.
    ORDER = "order"
    # `cliente 20131312955`, as the answer to "which client?".
    CLIENT = "client"
    # The number of a candidate, as the answer to "which dispatch?".
    CHOICE = "choice"
    # `ninguna`: no dispatch at all.
    NONE = "none"
    # `sí` and `no`, as the answer to a question.
    YES = "yes"
    NO = "no"


# After one of these begins the signature, what the phone adds, or the mail that is answered.
END = re.compile(
    r"^(?:saludos|slds|sds|atentamente|atte|cordialmente|cordiales saludos|un abrazo|bendiciones|enviado (?:desde|con)|"
    r"enviado por mi|(?:best |kind |warm )?regards|cheers|"
    r"sincerely|sent from|get outlook|obten(?:er|ga) outlook|--|__|_{3}|-{3}|>|de: |from: |responda a este correo|"
    r"correo automatico de mailbot|el .{5,80} escribio:)"
)
_ORDER_NUMBER = r"(?:o[a-z]?[- ]?)?(?:20\d\d ?[-/ ]? ?\d{3,6}|\d\d ?[-/] ?\d{3,6}|\d{3,6}(?:[-/]20\d\d)?)"
_MARK = r"(?:n[ro°º]*\.? ?|num(?:ero)?\.? |# ?|: ?)*"
_IT = r"(?:(?:el|la|este|esta|esto|eso|ese|lo) ?(?:correo|mail|tema|caso|asunto|pedido|mensaje|cliente)? )?"
_COMPLAINT = r"(?:un |una |ningun |ninguna )?(?:reclamo|reclamacion|queja)s?(?: formal| del cliente)?"
_DID = (
    r"(?:atendi|respondi|conteste|resolvi|hice|cerre|complete|solucione|termine|atendimos|respondimos|contestamos|"
    r"resolvimos|cerramos)"
)
_WAS_DONE = (
    r"(?:atendid|hech|resuelt|cerrad|solucionad|concluid|completad|cumplid|terminad|respondid|contestad|finalizad)"
    r"[oa]s?"
)
# Each in full; the first that fits decides.
_PATTERNS: tuple[tuple[Verb, str], ...] = (
    (
        Verb.DONE,
        rf"(?:ya )?(?:esta |estan |fue |fueron |ha sido |quedo |queda |dar por |dado por |doy por )?{_WAS_DONE}"
        r"(?: (?:al |el )?cliente)?(?: (?:hoy|ayer))?(?: por (?:mi|correo|telefono|whatsapp|llamada))?",
    ),
    (Verb.DONE, rf"(?:ya )?(?:yo )?(?:lo |la |los |las |le |les |se lo )?{_DID}(?: (?:al )?cliente)?"),
    (Verb.DONE, r"(?:ya )?(?:se|lo) (?:atendio|hizo|resolvio|respondio)|(?:ya )?(?:esta )?listo"),
    (Verb.SEEN, r"(?:ya )?(?:lo |la |los |las |fue |esta )?(?:vi|vist[oa]s?|leid[oa]s?|lei)"),
    (Verb.SEEN, r"enterad[oa]s?|(?:toma(?:do|mos)|tomo) nota|anotad[oa]|me doy por enterad[oa]"),
    (Verb.NOT_COMPLAINT, rf"(?:no )?{_IT}no (?:es|era|son|hay|seria|lo considero|lo veo) ?(?:como )?{_COMPLAINT}"),
    (Verb.NOT_COMPLAINT, r"(?:no )?(?:un )?no (?:reclamo|queja)|no lo es"),
    (Verb.IS_COMPLAINT, rf"(?:si )?{_IT}(?:si )?(?:es|era|son) {_COMPLAINT}"),
    (Verb.IS_COMPLAINT, r"si reclamo|(?:si )?si lo es|reclamo"),
    (Verb.NONE, r"(?:en |de |a )?ningun[oa](?: de (?:ellas|ellos|esas|las anteriores|los anteriores))?"),
    (Verb.NONE, r"no (?:trata|habla|es) de (?:un|ningun[oa]?) (?:despacho|orden)|ningun[oa]? (?:despacho|orden)"),
    (Verb.NONE, r"sin orden|no corresponde a ningun[oa]? (?:despacho|orden)"),
    (Verb.YES, r"si+|sip|correcto|afirmativo|asi es|exacto|claro(?: que si)?|por supuesto|si es|si corresponde"),
    (Verb.NO, r"no+|nop|negativo|no es|incorrecto|no corresponde|para nada"),
)
COMPILED = tuple((verb, re.compile(pattern)) for verb, pattern in _PATTERNS)
POSTPONE = re.compile(
    r"(?:pospon(?:er|e|ga|erlo|erla|go|gamos)?(?:lo|la|los|las)?|pospuest[oa]|posterg(?:ar|a|ue)(?:lo|la|los|las)?|"
    r"aplaz(?:ar|a)(?:lo|la|los|las)?)\b ?(.*)"
)
# A command only with a time behind it: "avisar a Mariela" is none.
REMIND = re.compile(r"(?:volver a )?(?:recordar|recuerd[ae]|avisar|avis[ae])(?:me|nos|melo)?\b ?(.*)")
# "Pasa a Liquidación" tells where a file goes; "pasarlo a KV" is a command.
REASSIGN = re.compile(
    r"(?:re-?asign(?:ar|a|e|o|ad[oa])(?:lo|la|los|las|se)?|(?:derivar|asignar)(?= a )|"
    r"(?:deriv|asign|pas)(?:ar|a|e)(?:lo|la|los|las|se(?:lo|la))(?= a ))\b(?: (?:a|al|para|hacia|con))? ?(.*)"
)
ORDER = re.compile(
    rf"(?:(?:es|va|corresponde|pertenece|vincul\w+|trata|habla|seria) ?)?(?:(?:de|a|con|en|por) )?(?:la |el )?"
    rf"(?:orden|ord|oa|o/|despacho|file|expediente)(?: de despacho| interna)?\.? ?{_MARK}({_ORDER_NUMBER})"
)
BARE_ORDER = re.compile(
    r"(?:es |va en |corresponde a )?(?:la |el )?((?:oa[- ]?)?20\d\d ?[-/] ?\d{3,6}|\d{4,6}[-/]20\d\d)"
)
# By its RUC anywhere; by its name only where nothing else can be meant ("cliente: Textiles Andes").
CLIENT = re.compile(
    r"(?:es )?(?:del? )?(?:cliente ?:? ?)?(?:ruc ?:? ?)?(\d{11})|(?:es (?:del? )?cliente|cliente ?:) ?([a-z].+)"
)
NAMED_CLIENT = re.compile(r"(?:es )?(?:del? )?cliente ?:? ?([a-z].+)")
# "orden 2026-004512 atendido" and "atendido la orden 2026-004512": the line that is meant, by its order.
FIRST_ORDER = re.compile(
    rf"(?:(?:la |el )?(?:orden|ord|oa|file) ?{_MARK}({_ORDER_NUMBER})|((?:oa[- ]?)?20\d\d-\d{{3,6}})) ?[:\-]? ([a-z].*)"
)
LAST_ORDER = re.compile(
    rf"(.*?[a-z]) (?:(?:de|para|en) )?(?:(?:la |el )?(?:orden|ord|oa|file) ?{_MARK}({_ORDER_NUMBER})|"
    r"(20\d\d-\d{3,6}))"
)
CHOICE = re.compile(r"(?:es )?(?:la |el )?(?:opcion |numero |nro |candidat[oa] |alternativa |n )?\(?(\d{1,2})\)?")
ORDINALS = {
    "primera": 1,
    "segunda": 2,
    "tercera": 3,
    "cuarta": 4,
    "quinta": 5,
    "primero": 1,
    "segundo": 2,
    "tercero": 3,
}

# Which items: "2", "1 y 3", "1-3", before or after the command.
LIST = r"\d{1,2}(?:(?: ?, ?| y | e | al | a | ?- ?)\d{1,2})*"
NOUN = r"(?:(?:el |la |los |las )?(?:items?|puntos?|lineas?|n(?:ro|umero)?s?|#) ?|el |la |al |del )"
FIRST_ITEMS = re.compile(rf"^(?:{NOUN})?({LIST}) ?[.):\-=]* (?=\D|20\d\d-\d{{3}})(.+)$")
LAST_ITEMS = re.compile(rf"^(.*?[a-z]) (?:{NOUN})?({LIST})$")
ALL = re.compile(r"^(?:tod[oa]s?(?: (?:los|las|lo))?|ambos|ambas)\b ?|\b ?(?:tod[oa]s?|ambos|ambas)$")
MOST_ITEMS = 50

_GREETING = (
    r"(?:hola|buen dia|buen[oa]s (?:dias?|tardes?|noches?)|estimad[oa]s?|mailbot|ok|okey|oki|okay|perfecto|"
    r"(?:muchas |mil )?gracias|gracias totales|por favor|porfa(?:vor)?|pls|pf|bien|entendido|de acuerdo|conforme|vale|"
    r"dale|hi|hello|dear|(?:many )?thanks|thank you|good (?:morning|afternoon|evening))"
)
LEADING = re.compile(rf"^(?:{_GREETING}|y|entonces|bueno|pues|eh)\b ?")
TRAILING = re.compile(
    r" ?\b(?:(?:muchas |mil )?gracias.*|por favor|porfa(?:vor)?|pls|pf|ok|nomas|no mas|slds|saludos|please|"
    r"(?:many )?thanks.*|thank you.*)$"
)
COURTESY = re.compile(rf"(?:{_GREETING} ?)+(?: \w+){{0,4}}")
# What takes an `atendido` back, or part of it.
DOUBT = re.compile(
    r"\b(?:pero|aunque|salvo|excepto|menos|todavia|aun|falta\w*|pendiente\w*|parcial\w*|no|ni|nunca|apenas|recien|cuando|"
    r"manana|luego|despues|espera\w*|but|though|except|still|yet|pending|missing|partly|almost|not|never|when|once|"
    r"tomorrow|later|soon|waiting|will)\b"
)
BETWEEN = re.compile(r"\s*(?:[;!]|,(?!\d+ ?h)|\.(?=\s|$))\s*")
AND_NUMBER = re.compile(rf"(?<=[a-z]) (?:y|e|and) (?=(?:{NOUN})?\d{{1,2}} [a-z])")
PAIR = re.compile(r"(?<=[a-z]) (?:y|pero|and|but) (?=[a-z])")
NUMBER_LIST = re.compile(r"(?<=\d) ?, ?(?=\d)(?!\d+ ?h)")
NUMBERED = re.compile(r"^([^a-z]*\d{1,2}) ?[.):]+ (?=[a-z])")
ACCENTED_YES = re.compile(r"(?i)(?<!\w)s[íÍ](?!\w)[,.]?")
