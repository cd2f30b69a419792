"""Whether the office's own words ask the client for something it needs, and which words do.

Both must stand in one sentence: words that ask, and the thing that is asked for. Courtesy ("por
favor confirmar recepción", "quedo atento a sus comentarios") asks for nothing.
"""

import re

from mailbot.domain.answers import fold

_REQUEST = re.compile(
    r"\b((por favor|porfavor|porfa|pls|favor( de)?|su apoyo|tu apoyo|agradecer(e|emos|ia|iamos)|solicit(o|amos)|"
    r"pedimos|pido|sirvanse|rogamos)\b.{0,40}\b(envi|remit|mand|adjunt|compart|facilit|proporcion|indic|complet|"
    r"reenvi|corrig|corregir|subsan|alcanz|hacernos llegar|hacerme llegar|pas(ar|e|en)(nos|me)?\b)\w*"
    r"|(necesit|requer|requier|precis)(o|amos|imos|aremos|iremos)\b|(me|nos) falta(n|ria|rian)?\b|hace(n)? falta\b"
    r"|^(aun |todavia )?falta(n|ria|rian)?\b|\b(esta|quedo?a?)(n)? pendiente(s)? (de )?(su|tu|el|la|los|las)\b"
    r"|(podrian?|pueden?) (enviar|remitir|mandar|adjuntar|compartir|facilitar|proporcionar|indicar|pasar)\w*"
    r"|(quedamos|estamos|quedo|estoy) (a la )?(espera|esperando) (de |por )?(su|tu|sus|el|la|los|las|que)\b"
    r"|(please|kindly) (send|provide|share|forward|attach|advise)\b|we (still )?(need|require|are missing)\b"
    r"|could you (please )?(send|provide|share))"
)
_THING = re.compile(
    r"\b(document\w*|factura\w*|invoice|packing|lista de empaque|b/?l|bill of lading|conocimiento|guia|awb|poliza|"
    r"seguro|certificad\w*|origen|permiso\w*|registro sanitario|autorizacion|resolucion|volante|ficha\w* tecnica\w*|"
    r"catalogo\w*|hoja\w* de seguridad|msds|datos?|informacion|valor(es)?|peso\w*|medida\w*|marca\w*|modelo\w*|partida|"
    r"descripcion|uso|ruc|direccion|poder|mandato|endose|visto bueno|voucher|constancia|comprobante|abono|deposito|"
    r"fondos|pago|conformidad|aprobacion|instruccion\w*|borrador|carta|cantidad\w*|precio\w*|flete|cotizacion|"
    r"archivo|copia|original(es)?|list|certificate|insurance|policy|document|details|weight|value|approval)\b"
)
_COURTESY = re.compile(
    r"\b(confirm\w+ (la |su )?(recepcion|recibido)|acus\w+ (de )?recibo|comentarios|cualquier (duda|consulta)|"
    r"no (nos |me )?(falta|necesit|hace falta)\w*|ya no (falta|necesit)\w*|no (hay|queda) nada pendiente)\b"
)


def asks_client(text: str) -> str:
    """The sentence that asks the client for something, as written; empty when none does."""
    for sentence in re.split(r"(?<=[.;!?])\s+|\n+", text):
        folded = fold(sentence)
        if _COURTESY.search(folded) is None and _REQUEST.search(folded) and _THING.search(folded):
            return " ".join(sentence.split())[:160]
    return ""
