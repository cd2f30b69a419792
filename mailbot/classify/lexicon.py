"""Words of the trade by what they do in a mail: asking, sending, blaming, naming a cost.

These classes are features, never verdicts (`domain.md` sections 6 and 7.2): the model learns what
each is worth. A pattern is matched against one whole word in its normal form (`words.py`).
"""

import re
from functools import lru_cache

_REQUEST_AR = (
    "confirm envi mand pas avis indic inform program coordin gestion solicit retir sac entreg numer present "
    "revis verific cotiz adjunt reenvi cambi agreg quit busc anul rectific apur aceler regulariz tramit pag "
    "autoriz cancel consult explic aclar sustent prepar separ reserv activ agend llam coment orient ayud apoy "
    "proporcion facilit detall precis actualiz complet subsan levant liber calcul estim valid not consider "
    "evit esper dej us pas compart habilit asegur prorrog amarr entr asign despach"
)
_REQUEST_ER_IR = "remit emit transmit corrij pid correspond respond inclu recib insert deten"
_IRREGULAR = [
    "di",
    "dime",
    "diga",
    "digan",
    "dinos",
    "diganme",
    "digame",
    "diganos",
    "digannos",
    "haz",
    "haga",
    "hagan",
    "haganlo",
    "hazlo",
    "hazme",
    "haganme",
    "pon",
    "ponga",
    "pongan",
    "ponme",
    "ponganlo",
    "pongalo",
    "ten",
    "tenga",
    "tengan",
    "ve",
    "vea",
    "vean",
    "veanlo",
    "sepa",
    "manden",
    "vaya",
    "vayan",
    "corrige",
    "corrigelo",
    "corrija",
    "corrijan",
    "incluye",
    "incluya",
    "incluyan",
    "pide",
    "pidan",
    "pidele",
    "devuelve",
    "devuelvan",
    "devuelvanlo",
    "devuelvanos",
    "devuelvannos",
    "sigue",
    "siga",
    "sigan",
    "procede",
    "proceda",
    "procedan",
    "procedan",
    "traigan",
    "traeme",
    "muevan",
    "mueve",
    "muevanlo",
    "mantengan",
    "mantenme",
    "consigue",
    "consigan",
    "consigueme",
    "aplique",
    "apliquen",
    "aplica",
    "saquen",
    "saque",
    "saquenlo",
    "indique",
    "indiquen",
    "verifique",
    "notifiquen",
    "paguen",
    "pague",
    "agregue",
    "agreguen",
    "entregue",
    "entreguen",
    "explique",
    "expliquen",
    "rectifique",
    "rectifiquen",
    "coticen",
    "cotice",
    "cotizame",
    "cotizanos",
    "regularice",
    "regularicen",
    "autorice",
    "autoricen",
    "avancen",
]


def _imperatives() -> str:
    ar = "|".join(sorted(set(_REQUEST_AR.split())))
    er = "|".join(sorted(set(_REQUEST_ER_IR.split())))
    clitic = "(?:me|nos|le|les|lo|la|los|las|melo|mela|noslo|nosla|selo|sela|melos|noslos)?"
    return f"(?:{ar})(?:a|e|en|ar){clitic}|(?:{er})(?:e|a|an|ir){clitic}|(?:{'|'.join(_IRREGULAR)})"


# Class of word -> what a word of it looks like. The order does not matter: a word may be in several.
WORD_CLASSES = {
    "imperative": _imperatives(),
    "clitic order": r"\w{3,}(?:[ae]me|[ae]nme|[ae]nos|[ae]nnos|[ae]melo|[ae]noslo|[ae]nlo|[ae]nla|[ae]nmelo|[ae]nselo)",
    "can": r"pued\w+|podr\w+|podemos|podamos|posible|posibilidad|factible|viable|could|can|would|may",
    "want": r"necesit\w+|requer\w+|requier\w+|quisier\w+|quier\w+|queremos|deseo|desea\w+|gustaria|interes\w+|urge\w*"
    r"|need|require|want|like|wish",
    "please": r"favor|porfavor|please|kindly|agradecer\w+|agradez\w+|sirva\w*|sirvan\w*|ruego|rogamos|tenga|bondad"
    r"|amable\w*|gentil\w*|appreciate|grateful|solicit\w+|pedimos|pido|pedirte|pedirle|pedirles|encargo|encargamos",
    "advise": r"advise|confirm|send|let|provide|check|revert|update|forward|arrange|proceed|issue|correct|amend|share|tell",
    "must": r"debe\w*|deber\w+|tiene\w*|tienen|hay|toca|falta\w*|falten|conviene|convendria|should|must|has",
    "wh": r"que|cual\w*|cuando|cuant[oa]s?|como|donde|quien\w*|when|what|which|how|who|where|why",
    "whether": r"si|acaso|whether|if",
    "know": r"saber|saberlo|conocer|entender|confirmacion|confirmar\w*|respuesta|novedad\w*|noticias|avance\w*|status"
    r"|estado|situacion|know|understand|news",
    "pending": r"pendiente\w*|espera|esperando|aguard\w+|atento|atenta|quedo|quedamos|waiting|await\w*|pending|outstanding",
    "wait silent": r"respond\w+|contest\w+|respuesta|silencio|callad\w+|responden|contestan|reply|replied|answer\w*|ignored",
    "you": r"ustedes|usted|contigo|ti|you|yourselves|vosotros|tuyo|suyo|suya",
    "your": r"su|sus|tu|tus|your|suyos|tuyos|vuestr\w+",
    "we": r"nos|nosotros|me|mi|nuestr\w+|yo|we|our|us|my",
    "they": r"ellos|linea|naviera|aerolinea|terminal|deposito|sunat|aduana|transport\w+|proveedor\w*|fabrica|fabricante"
    r"|shipper|supplier|carrier|line|aseguradora|banco|especialista|courier|forwarder|embarcador|agente|broker",
    "we broker": r"agencia|despachador\w*|tramitador|operativ\w+|ejecutiv\w+|oficina|equipo|colega\w*|area",
    "past they": r"\w{3,}(?:aron|ieron|jeron|eron)",
    "past you": r"\w{3,}(?:aste|iste|astes)",
    "past we": r"\w{3,}(?:amos|imos)",
    "past imperfect": r"\w{3,}(?:aban|ian|aba)",
    "future": r"\w{3,}(?:aremos|eremos|iremos|aran|eran|iran|ara|ere|are)",
    "conditional": r"\w{3,}(?:aria|eria|iria|arian|erian|irian|ariamos|eriamos)",
    "not": r"no|ni|sin|nadie|nunca|jamas|nada|ningun\w*|tampoco|not|never|nobody|nothing|without|dont|didnt|cannot",
    "again": r"otra|vez|veces|nuevamente|segunda|segundo|tercera|tercer|tercero|cuarta|cuarto|quinta|quinto|sexta"
    r"|siempre|repet\w+|reiter\w+|mismo|misma|sigue|siguen|seguimos|todavia|aun|again|still|third|second|fourth|twice"
    r"|insist\w+|recuerd\w+|recordator\w+|volv\w+|vuelve\w*|vuelto",
    "late": r"demor\w+|retras\w+|atras\w+|tard\w+|vencid\w+|fuera|dias|semanas?|meses|delay\w*|late|overdue|days|weeks?|horas",
    "error": r"error\w*|equivoc\w+|mal|descuid\w+|neglig\w+|olvid\w+|confund\w+|confusion|omision|omit\w+|fall\w+|perdi\w+"
    r"|extravi\w+|traspapel\w+|mistake\w*|wrong|failed|failure|forgot\w*|missed|lost|incorrect\w*",
    "anger": r"malestar|molest\w+|incomod\w+|inacept\w+|inadmis\w+|increible|verguenza|vergonz\w+|decepcion\w+|lament\w+"
    r"|queja\w*|reclam\w+|hart[oa]s?|cansad\w+|colmo|respeto|pesim\w+|fatal|desastre|burla\w*|broma|paciencia|insatisf\w+"
    r"|disconform\w+|desconten\w+|frustr\w+|indign\w+|absurd\w+|insolit\w+|tolera\w*|toler\w+|desorden|improvis\w+"
    r"|irrespons\w+|penos\w+|preocup\w+|unacceptable|disappoint\w+|frustrat\w+|complain\w*|ridiculous|poor\w*|annoy\w*"
    r"|upset|angry|terrible|embarrass\w*|shame|sorry|nefast\w+|abuso|deficien\w+|incumpl\w+|incompeten\w+",
    "explain": r"explicacion\w*|explique\w*|expliquen\w*|explica\w*|descargo\w*|motivo|razon|responsable\w*|justific\w+"
    r"|sustento|cronologia|explanation|explain|account|reason|timeline",
    "liable": r"asum\w+|asumir|culpa|responsab\w+|bolsillo|reembols\w+|reconoc\w+|descont\w+|descuento|compens\w+"
    r"|indemniz\w+|perjuicio\w*|dano\w*|imput\w+|atribu\w+|corresponde\w*|responsible|liable|absorb\w*|compensat\w+|refund\w*"
    r"|claim\w*|blame|pagar\w*|pague\w*",
    "promise": r"prometi\w*|prometieron|ofreci\w*|compromis\w*|quedaron|quedaste|quedamos|acord\w+|asegur\w+|dijeron|dijiste"
    r"|dijo|indicaste|indicaron|confirmaste|confirmaron|garantiz\w+|promised|assured|said|told",
    "leave": r"agencia|licit\w+|competencia|competidor\w*|confianza|contrato|evaluar\w*|evaluando|evaluaremos|cambiar|cambiamos"
    r"|migrar|otros?|retirar\w*|rescind\w+|resolver|prescindir|ultim[oa]|despedi\w+|broker|elsewhere|trust|terminate|tender"
    r"|alternativ\w+|reconsider\w+|renov\w+|relacion|proveedores|replante\w+|continuidad|auditoria",
    "head": r"gerencia\w*|gerente\w*|jefe|jefa|jefes|jefatura|directorio|director\w*|dueno|duena|legal|abogad\w+|indecopi"
    r"|supervisor\w*|superior\w*|manager|management|director|boss|ceo|head|lawyer\w*|presidente|comite",
    "demurrage": r"sobreestadia\w*|sobrestadia\w*|demurrage|detention|demoraje\w*|estadia\w*|libres?|free|vacio\w*|devolucion\w*|devolver"
    r"|gate|sobreestadi\w+|demoras",
    "storage": r"almacenaje\w*|sobrealmacenaje|storage|almacen\w*|bodegaje|deposito|camara|frigorific\w+|energia|conexion\w*",
    "fine": r"multa\w*|sancion\w*|infraccion\w*|fine\w*|penalt\w+|penalidad\w*|uit|autoliquidacion|comiso|incaut\w+|acta",
    "truck": r"falso|flete\w*|unidad\w*|camion\w*|trailer\w*|chofer\w*|conductor\w*|standby|stand|espera|resguardo|custodia"
    r"|transporte|transportista|truck\w*|driver\w*|haul\w*|viaje|placa|furgon|plataforma|montacarga\w*|cuadrilla",
    "abandonment": r"abandon\w+|remate|adjudic\w+|decomis\w+",
    "cost": r"costo\w*|sobrecosto\w*|gasto\w*|recargo\w*|cobr\w+|monto\w*|tarifa\w*|cargo\w*|importe\w*|adicional\w*|extra\w*"
    r"|perdida\w*|perjuicio\w*|cost\w*|charge\w*|surcharge\w*|fee|fees|expense\w*|roleo|roll|penalidad|duplicad\w+|doble|dos",
    "runs": r"genera\w*|corre|corren|corriendo|sumando|suma\w*|acumul\w+|vence\w*|vencio|vencen|vencer|venc\w+|caduca\w*|expir\w+"
    r"|accru\w*|running|incurr\w+|evit\w+|antes|plazo\w*|limite|deadline|riesgo|risk",
    "price list": r"tarifario|tarifas|cotiz\w+|presupuest\w+|referencial\w*|normalmente|suele\w*|aproximad\w+|estim\w+|quote\w*|rate|rates",
    "send": r"adjunt\w+|envio|enviamos|enviado\w*|enviar\w*|remito|remitimos|remitir|va|van|paso|mando|mandamos|comparto|compartimos|anexo"
    r"|alcanzo|hago|llegar|attached|attach\w*|enclos\w+|herewith|find|dejo|subi|subo|carpeta|link|drive|nube|zenlace|aqui|ahi|acompan\w+",
    "document": r"factura\w*|invoice\w*|packing\w*|lista|empaque|conocimiento_bl|awb|guia|certificad\w+|poliza\w*|ficha\w*|carta\w*"
    r"|documento\w*|documentacion|papeles|origen|permiso\w*|resolucion|fitosanitario|fito|hoja|msds|registro|mandato|endose|poder"
    r"|documents?|papers|originals?|originales|copia\w*|scan\w*|draft|borrador|cargo|constancia|volante|manifiesto|dam|dams",
    "review": r"revis\w+|review|tramite|despacho|inici\w+|numeracion|completar|completo|completa|carpeta|expediente|file|proceder|faltaba\w*|faltante",
    "voucher": r"voucher\w*|transferencia\w*|abono\w*|abon\w+|deposit\w+|pago\w*|pagamos|pague|pagado|transfer\w+|payment|paid|wire|constancia",
    "billing": r"factura\w*|liquidacion\w*|cobro\w*|nota|credito|comision|igv|cuenta|saldo|facturacion|facturar\w*|detraccion|retencion|invoice\w*|billing",
    "proforma": r"proforma\w*|tributos|impuestos|derechos|percepcion|advalorem|depositar|cuanto|estimado|provision",
    "quote": r"cotiz\w+|tarifa\w*|presupuesto|precio\w*|cuanto|propuesta|oferta|quote|quotation|rates?|comision",
    "status": r"levante|canal|numer\w+|eta|llega\w*|arrib\w+|status|estado|aforo|rojo|naranja|verde|salio|zarpe|nave|vuelo|released?|cleared"
    r"|clearance|arriv\w+|novedad\w*|avance|descarga|transmit\w+",
    "delivery": r"retir\w+|recoj\w+|recog\w+|entreg\w+|cita|turno|despach\w+|program\w+|transporte|unidad|camion|descarg\w+|almacen|planta"
    r"|delivery|deliver\w*|pickup|pick|schedule|appointment|horario|chofer|placa|reparto",
    "advice": r"partida\w*|arancel\w*|subpartida|regimen\w*|restringid\w+|permiso\w*|tlc|preferencia|valor|clasific\w+|requisito\w*"
    r"|norma\w*|ley|aplica\w*|corresponde|tariff|hs|duty|duties|senasa|digesa|digemid|vuce|consulta\w*|duda\w*|obligatori\w+|necesari\w+",
    "copy": r"copia\w*|copy|copies|escane\w+|pdf|duplicado|reenv\w+|archivo|sustento\w*|cargo",
    "correct": r"corr[ei][gj]\w*|correccion\w*|rectific\w+|modific\w+|cambi\w+|decir|dice|anul\w+|reemit\w+|enmend\w+|amend\w*|correct\w*"
    r"|subsan\w+|refactur\w+|actualiz\w+|razon|consignatario|consignee",
    "instruct": r"proced\w+|numer\w+|transmit\w+|esper\w+|deten\w+|deteng\w+|avanz\w+|adelante|luz|visto_bueno|autoriz\w+|instru\w+|proceed"
    r"|hold|go|ahead|anticipad\w+|diferid\w+|modalidad|priorid\w+|prioriz\w+",
    "agree": r"acuerdo\w*|acord\w+|acept\w+|aprob\w+|conforme\w*|pact\w+|condicion\w*|vigent\w+|vigencia|contrato|terminos|agree\w*|accept\w*"
    r"|approv\w*|conversad\w+|quedamos|escrito|constancia|telefono|reunion|tarifa|propuesta",
    "hours": r"domingo\w*|sabado\w*|feriado\w*|noche|madrugada|horario|extraordinari\w+|adicional\w*|sobretiempo|fuera|weekend|overtime|sunday|saturday",
    "expiry": r"venc\w+|prorrog\w+|regulariz\w+|temporal|garantia|fianza|admision|plazo\w*|ampli\w+|extend\w*|extension|expir\w+|reexport\w+"
    r"|regimen|perfeccionamiento|drawback|conclu\w+",
    "archive": r"archivo|file|observad\w+|observacion\w*|subsan\w+|foliad\w+|foli\w+|expediente|cargo|sello|firma\w*|devuelve|carpeta|cierre|cerrar",
    "alert": r"alerta\w*|automatic\w+|generado|glosa|sistema|responder|notificacion|clinet",
    "recipients": r"correo\w*|copia|copiar|agreg\w+|incluy\w+|inclu\w+|retir\w+|quit\w+|sacar|lista|reporte\w*|destinatari\w+|zcorreo|frecuencia"
    r"|diario|semanal|lunes|report\w*|status|cuadro",
    "thanks": r"gracias|agradecid\w+|agradezco|ok|okey|recibid\w+|perfecto|listo|excelente|genial|thanks|thank|received|noted|anotad\w+"
    r"|enterad\w+|buenisimo|felicit\w+|great|perfect|vale",
    "away": r"vacaciones|ausente|oficina|licencia|retorno|regreso|automatica|auto|undeliver\w*|delivery|failure|buzon|fuera|office|leave|reemplazo",
    "advert": r"curso\w*|taller\w*|promocion\w*|descuento\w*|dscto|webinar|inscrib\w+|boletin|newsletter|suscri\w+|desuscri\w+|vacante\w*|oferta\w*"
    r"|unsubscribe|baja|clic|click|feria|evento|diplomado|capacitacion\w*|inversion|zoom|navegador",
    "inform": r"inform\w+|comunic\w+|conocimiento|fines|enterad\w+|aviso|avisar\w*|avisamos|cuento|comento|fyi|informativ\w+|notific\w+|sepas|sepan|sepa",
    "calm": r"queja|reclamo|problema|apuro|presion|culpa|tranquil\w+|cuidado|felizmente|suerte|menos|bien|orden|normal|worries|problem",
    "today": r"hoy|manana|ahora|ya|urgente|inmediat\w+|cuanto|antes|pronto|today|tomorrow|asap|urgent|now|immediately|tarde|noche",
    "greeting": r"hola|estimad\w+|buen\w*|senor\w*|dear|hi|hello|saludos|cordial\w*|atentamente|regards",
}  # fmt: skip

_PATTERNS = tuple((name, re.compile(pattern)) for name, pattern in WORD_CLASSES.items())


@lru_cache(maxsize=65_536)
def classes_of(word: str) -> tuple[str, ...]:
    """The classes a word in its normal form belongs to."""
    return tuple(name for name, pattern in _PATTERNS if pattern.fullmatch(word))
