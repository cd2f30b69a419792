"""Text as the classifier sees it: without accents, case, figures and spelling habits; in sentences.

Whoever writes `xfa`, `POR FAVOR` or `por favor` means the same, so all of them become the same words
before anything is learnt or scored. No meaning is decided here.
"""

import re
import unicodedata
from dataclasses import dataclass

# Habits of the trade's mails and what they stand for, after accents and case are gone.
ABBREVIATIONS = {
    "xfa": "por favor",
    "xfavor": "por favor",
    "porfa": "por favor",
    "porfis": "por favor",
    "porfavor": "por favor",
    "pf": "por favor",
    "pls": "please",
    "plz": "please",
    "plis": "please",
    "asap": "lo antes posible",
    "man": "manana",
    "mñn": "manana",
    "mnn": "manana",
    "q": "que",
    "k": "que",
    "xq": "porque",
    "pq": "porque",
    "xk": "porque",
    "tb": "tambien",
    "tmb": "tambien",
    "tbn": "tambien",
    "x": "por",
    "xa": "para",
    "d": "de",
    "dl": "del",
    "dsd": "desde",
    "hs": "horas",
    "hrs": "horas",
    "hr": "hora",
    "uds": "ustedes",
    "ud": "usted",
    "vds": "ustedes",
    "vd": "usted",
    "cntr": "contenedor",
    "cntrs": "contenedores",
    "ctr": "contenedor",
    "ctrs": "contenedores",
    "ctn": "contenedor",
    "cont": "contenedor",
    "contenedor40": "contenedor",
    "conten": "contenedor",
    "bl": "conocimiento_bl",
    "hbl": "conocimiento_bl",
    "mbl": "conocimiento_bl",
    "dua": "dam",
    "duas": "dams",
    "fact": "factura",
    "fac": "factura",
    "fra": "factura",
    "inv": "invoice",
    "pl": "packing_list",
    "cert": "certificado",
    "certif": "certificado",
    "co": "certificado_origen",
    "doc": "documento",
    "docs": "documentos",
    "dcto": "documento",
    "dctos": "documentos",
    "docu": "documento",
    "info": "informacion",
    "cot": "cotizacion",
    "liq": "liquidacion",
    "alm": "almacen",
    "almac": "almacenaje",
    "sobreest": "sobreestadia",
    "sobrestadia": "sobreestadia",
    "sobrestadias": "sobreestadias",
    "stby": "standby",
    "adj": "adjunto",
    "adjto": "adjunto",
    "aprox": "aproximado",
    "sr": "senor",
    "sra": "senora",
    "srta": "senorita",
    "srs": "senores",
    "sres": "senores",
    "bn": "bien",
    "msj": "mensaje",
    "num": "numero",
    "nro": "numero",
    "tel": "telefono",
    "transf": "transferencia",
    "dep": "deposito",
    "vb": "visto_bueno",
    "confirmo": "confirmo",
    "pto": "puerto",
    "mcia": "mercaderia",
    "mercad": "mercaderia",
    "mercancia": "mercaderia",
    "mercancias": "mercaderia",
    "thx": "thanks",
    "tks": "thanks",
    "thks": "thanks",
    "rgds": "regards",
    "u": "you",
    "ur": "your",
    "shpt": "shipment",
    "docs.": "documents",
}

# Figures and identifiers say nothing of what is wanted, but that they are there does.
_CURRENCY = r"us\$|u\$s|usd|s/\.?|pen|eur|\$|€"
_MONEY_WORD = r"usd|dolares|dollars|soles|euros|eur\b|pen\b|us\$"
_MASKS = (
    (re.compile(r"https?://\S+|www\.\S+"), " zenlace "),
    (re.compile(r"\S+@\S+\.\w+"), " zcorreo "),
    (re.compile(rf"(?:{_CURRENCY})\s*\d[\d.,' ]*|\d[\d.,']*\s*(?:{_MONEY_WORD})"), " zdinero "),
    (re.compile(r"\b\d{1,3}\s*%|\b\d+[.,]\d+\s*%"), " zporcentaje "),
    (re.compile(r"\b\d{3}\s?[-/.]\s?20\d\d\s?[-/.]\s?\d\d\s?[-/.]\s?\d{3,6}(?:-[\d-]+)?\b"), " zdam "),
    (re.compile(r"\b(?:oa|o/|orden|order)[\s-]*(?:n[°ºo.]*\s*)?(?:20)?\d\d-\d{3,6}\b|\b20\d\d-\d{4,6}\b"), " zorden "),
    (re.compile(r"\b[a-z]{3}[ujz][ -]?\d{6}[ -]?\d\b"), " zcontenedor "),
    (re.compile(r"\b\d{3}-\d{4} ?\d{4}\b"), " zawb "),
    (re.compile(r"\b\d{1,2}[:.]\d\d(?: ?[ap]\.? ?m\.?)?\b|\b\d{1,2} ?[ap]\.? ?m\b\.?"), " zhora "),
    (re.compile(r"\b\d{1,2} ?(?:hrs?|horas)\b"), " zhora "),
    (re.compile(r"\b\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?\b|\b\d{4}-\d\d-\d\d\b"), " zfecha "),
    (re.compile(r"\b(?=\w*\d)(?=\w*[a-z])[\w/-]{5,}\b"), " zcodigo "),
    (re.compile(r"\d[\d.,]*"), " znumero "),
)
# What is left of an accent once a letter is taken apart (Unicode block Combining Diacritical Marks).
_ACCENTS = re.compile("[\u0300-\u036f]")
# Longer runs of letters are no words, and patterns would grow slow on them.
_ENDLESS = re.compile(r"\w{60,}")
_WORD = re.compile(r"[a-zñ_]+|[?!¿¡]|\.\.\.")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"»”')\]]*\s+(?=\S)|\n+|;\s+|(?<=\))\s+(?=[A-ZÁÉÍÓÚÑ¿¡])")
_SHORT = re.compile(
    r"\b(?:Sr|Sra|Srta|Srs|Sres|Ing|Dr|Dra|Lic|Av|No|Nro|Mr|Mrs|Ms|etc|vs|p|a|S\.A|E\.I\.R\.L|V|aprox)\.$"
)


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One sentence as written, and its words after normalising."""

    text: str
    words: tuple[str, ...]


def fold(text: str) -> str:
    """Lower case without accents; the letter ñ becomes n."""
    if text.isascii():
        return text.lower()
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", text)).lower()


def words_of(text: str) -> tuple[str, ...]:
    """The words and question marks of a text in their normal form."""
    folded = _ENDLESS.sub(" ", fold(text)).replace("b/l", "bl").replace("p/l", "pl").replace("c/o", "co")
    for pattern, token in _MASKS:
        folded = pattern.sub(token, folded)
    words: list[str] = []
    for word in _WORD.findall(folded):
        words.extend(ABBREVIATIONS.get(word, word).split())
    return tuple(words)


def sentences_of(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text that hold at least one word, in order."""
    pieces: list[str] = []
    for piece in _SENTENCE_END.split(text):
        if pieces and _SHORT.search(pieces[-1]):
            pieces[-1] = f"{pieces[-1]} {piece}"
        else:
            pieces.append(piece)
    found = (Sentence(text=piece.strip(), words=words_of(piece)) for piece in pieces)
    return tuple(sentence for sentence in found if sentence.words)
