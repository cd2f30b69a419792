"""Which language a text is written in: enough to choose between templates and rules."""

import re
from collections import Counter

_WORD = re.compile(r"[^\W\d_]+")
_COMMON = {
    "es": "de la que el en los se del las por un para con no una su al lo como más pero sus le ya este sí "
    "porque esta cuando muy sin sobre también me hasta hay donde quien desde nos les buenos buenas días "
    "tardes estimado estimada estimados saludos gracias favor adjunto quedo atento hola cordiales usted "
    "ustedes nuestro si es mi",
    "en": "the of and to in is you that it for on are with as this be at from or have by not but what all were "
    "we when your can there an which their if will please find attached regards dear hello hi thanks "
    "thank best our would has i",
    "pt": "o que do da em um para com não uma os no se na por mais as dos como mas ao ele das seu sua ou quando "
    "muito nos já eu também pelo você bom dia boa obrigado obrigada atenciosamente segue anexo prezado "
    "prezados é à",
    "fr": "le la les des et en un une du que est pour qui dans par plus pas au sur ne se ce il sont avec ou "
    "nous vous votre bonjour merci cordialement veuillez je à notre",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden "
    "aus er hat dass sie nach wird bei ich wir ihr ihre sehr geehrte grüßen freundlichen vielen dank "
    "hallo",
    "it": "di che è la il un a per non sono una ho si lo ha mi con in ti le da cosa se io come ci questo hai "
    "sei del bene tutto della gli grazie cordiali saluti buongiorno gentile nostro vostro",
    "nl": "de het een van en in is dat op te zijn met voor niet aan er om ook als dan maar bij nog uit naar je "
    "we wij ik met vriendelijke groet beste bedankt dank hallo geachte",
}
# Each word with the languages it is common in.
_LANGUAGES_OF: dict[str, list[str]] = {}
for _language, _words in _COMMON.items():
    for _word in set(_words.split()):
        _LANGUAGES_OF.setdefault(_word, []).append(_language)
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
)
# A cheap look that spares accented Latin text the counting.
_OTHER_SCRIPT = re.compile("[\u0370-\u06ff\u0e00-\u0e7f\u3040-\u9fff\uac00-\ud7af]")


def language_of(text: str, *, default: str = "es") -> str:
    """The two-letter code of the language; `default` where the text says too little."""
    sample = text[:1500]
    if not sample.isascii() and _OTHER_SCRIPT.search(sample):
        letters = sum(1 for character in sample if character.isalpha())
        for code, script in _SCRIPTS:
            if len(script.findall(sample)) * 4 > letters:
                return code
    scores = dict.fromkeys(_COMMON, 0)
    for word, times in Counter(_WORD.findall(sample.lower())).items():
        for language in _LANGUAGES_OF.get(word, ()):
            scores[language] += times
    if any(mark in sample for mark in "¿¡ñ"):
        scores["es"] += 2
    best = max(scores, key=lambda language: (scores[language], language == default))
    return best if scores[best] > 0 else default
