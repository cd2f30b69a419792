"""Forms of verbs that tell an order, a past or a wish, whatever the verb means."""

_REQUEST_AR = (
    "confirm envi mand pas avis indic inform program coordin gestion solicit retir sac entreg numer present "
    "revis verific cotiz adjunt reenvi cambi agreg quit busc anul rectific apur aceler regulariz tramit pag "
    "autoriz cancel consult explic aclar sustent prepar separ reserv activ agend llam coment orient ayud apoy "
    "proporcion facilit detall precis actualiz complet subsan levant liber calcul estim valid not consider "
    "evit esper dej us pas compart habilit asegur prorrog amarr entr asign despach"
)
_REQUEST_ER_IR = "remit emit transmit corrij pid correspond respond inclu recib insert deten"
_IRREGULAR = (
    "di dime diga digan dinos diganme digame diganos digannos haz haga hagan haganlo hazlo hazme haganme "
    "pon ponga pongan ponme ponganlo pongalo ten tenga tengan ve vea vean veanlo sepa manden vaya vayan "
    "corrige corrigelo corrija corrijan incluye incluya incluyan pide pidan pidele devuelve devuelvan "
    "devuelvanlo devuelvanos devuelvannos sigue siga sigan procede proceda procedan traigan traeme muevan "
    "mueve muevanlo mantengan mantenme consigue consigan consigueme aplique apliquen aplica saquen saque "
    "saquenlo indique indiquen verifique notifiquen paguen pague agregue agreguen entregue entreguen "
    "explique expliquen rectifique rectifiquen coticen cotice cotizame cotizanos regularice regularicen "
    "autorice autoricen avancen"
)


def _imperatives() -> str:
    ar = "|".join(sorted(set(_REQUEST_AR.split())))
    er = "|".join(sorted(set(_REQUEST_ER_IR.split())))
    clitic = "(?:me|nos|le|les|lo|la|los|las|melo|mela|noslo|nosla|selo|sela|melos|noslos)?"
    return f"(?:{ar})(?:a|e|en|ar){clitic}|(?:{er})(?:e|a|an|ir){clitic}|(?:{'|'.join(_IRREGULAR.split())})"


# Forms of verbs -> what a word of that form looks like.
WORD_FORMS = {
    "imperative": _imperatives(),
    "clitic order": r"\w{3,}(?:[ae]me|[ae]nme|[ae]nos|[ae]nnos|[ae]melo|[ae]noslo|[ae]nlo|[ae]nla|[ae]nmelo|[ae]nselo)",
    "past they": r"\w{3,}(?:aron|ieron|jeron|eron)",
    "past you": r"\w{3,}(?:aste|iste|astes)",
    "past we": r"\w{3,}(?:amos|imos)",
    "past imperfect": r"\w{3,}(?:aban|ian|aba)",
    "future": r"\w{3,}(?:aremos|eremos|iremos|aran|eran|iran|ara|ere|are)",
    "conditional": r"\w{3,}(?:aria|eria|iria|arian|erian|irian|ariamos|eriamos)",
}
