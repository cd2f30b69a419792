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


def _words(listed: str) -> str:
    """A pattern of the listed words; a star stands for any ending."""
    return "|".join(word.replace("*", r"\w*") for word in listed.split())


# Class of word -> the words of it, `*` standing for any ending. A word may be in several classes.
WORD_CLASSES = {
    "imperative": _imperatives(),
    "clitic order": r"\w{3,}(?:[ae]me|[ae]nme|[ae]nos|[ae]nnos|[ae]melo|[ae]noslo|[ae]nlo|[ae]nla|[ae]nmelo|[ae]nselo)",
    "can": _words(
        "pued* podr* podemos podamos posible posibilidad factible viable could can would may"
    ),
    "want": _words(
        "necesit* requer* requier* quisier* quier* queremos deseo desea* gustaria interes* urge* need require "
        "want like wish"
    ),
    "please": _words(
        "favor porfavor please kindly agradecer* agradez* sirva* sirvan* ruego rogamos tenga bondad amable* "
        "gentil* appreciate grateful solicit* pedimos pido pedirte pedirle pedirles encargo encargamos"
    ),
    "advise": _words(
        "advise confirm send let provide check revert update forward arrange proceed issue correct amend "
        "share tell"
    ),
    "must": _words(
        "debe* deber* tiene* tienen hay toca falta* falten conviene convendria should must has"
    ),
    "wh": _words(
        "que cual* cuando cuant[oa]s? como donde quien* when what which how who where why"
    ),
    "whether": _words(
        "si acaso whether if"
    ),
    "know": _words(
        "saber saberlo conocer entender confirmacion confirmar* respuesta novedad* noticias avance* status "
        "estado situacion know understand news"
    ),
    "pending": _words(
        "pendiente* espera esperando aguard* atento atenta quedo quedamos waiting await* pending outstanding"
    ),
    "wait silent": _words(
        "respond* contest* respuesta silencio callad* responden contestan reply replied answer* ignored"
    ),
    "you": _words(
        "ustedes usted contigo ti you yourselves vosotros tuyo suyo suya"
    ),
    "your": _words(
        "su sus tu tus your suyos tuyos vuestr*"
    ),
    "we": _words(
        "nos nosotros me mi nuestr* yo we our us my"
    ),
    "they": _words(
        "ellos linea naviera aerolinea terminal deposito sunat aduana transport* proveedor* fabrica "
        "fabricante shipper supplier carrier line aseguradora banco especialista courier forwarder embarcador "
        "agente broker"
    ),
    "we broker": _words(
        "agencia despachador* tramitador operativ* ejecutiv* oficina equipo colega* area"
    ),
    "past they": r"\w{3,}(?:aron|ieron|jeron|eron)",
    "past you": r"\w{3,}(?:aste|iste|astes)",
    "past we": r"\w{3,}(?:amos|imos)",
    "past imperfect": r"\w{3,}(?:aban|ian|aba)",
    "future": r"\w{3,}(?:aremos|eremos|iremos|aran|eran|iran|ara|ere|are)",
    "conditional": r"\w{3,}(?:aria|eria|iria|arian|erian|irian|ariamos|eriamos)",
    "not": _words(
        "no ni sin nadie nunca jamas nada ningun* tampoco not never nobody nothing without dont didnt cannot"
    ),
    "again": _words(
        "otra vez veces nuevamente segunda segundo tercera tercer tercero cuarta cuarto quinta quinto sexta "
        "siempre repet* reiter* mismo misma sigue siguen seguimos todavia aun again still third second fourth "
        "twice insist* recuerd* recordator* volv* vuelve* vuelto"
    ),
    "late": _words(
        "demor* retras* atras* tard* vencid* fuera dias semanas? meses delay* late overdue days weeks? horas"
    ),
    "error": _words(
        "error* equivoc* mal descuid* neglig* olvid* confund* confusion omision omit* fall* perdi* extravi* "
        "traspapel* mistake* wrong failed failure forgot* missed lost incorrect*"
    ),
    "anger": _words(
        "malestar molest* incomod* inacept* inadmis* increible verguenza vergonz* decepcion* lament* queja* "
        "reclam* hart[oa]s? cansad* colmo respeto pesim* fatal desastre burla* broma paciencia insatisf* "
        "disconform* desconten* frustr* indign* absurd* insolit* tolera* toler* desorden improvis* irrespons* "
        "penos* preocup* unacceptable disappoint* frustrat* complain* ridiculous poor* annoy* upset angry "
        "terrible embarrass* shame sorry nefast* abuso deficien* incumpl* incompeten*"
    ),
    "explain": _words(
        "explicacion* explique* expliquen* explica* descargo* motivo razon responsable* justific* sustento "
        "cronologia explanation explain account reason timeline"
    ),
    "liable": _words(
        "asum* asumir culpa responsab* bolsillo reembols* reconoc* descont* descuento compens* indemniz* "
        "perjuicio* dano* imput* atribu* corresponde* responsible liable absorb* compensat* refund* claim* "
        "blame pagar* pague*"
    ),
    "promise": _words(
        "prometi* prometieron ofreci* compromis* quedaron quedaste quedamos acord* asegur* dijeron dijiste "
        "dijo indicaste indicaron confirmaste confirmaron garantiz* promised assured said told"
    ),
    "leave": _words(
        "agencia licit* competencia competidor* confianza contrato evaluar* evaluando evaluaremos cambiar "
        "cambiamos migrar otros? retirar* rescind* resolver prescindir ultim[oa] despedi* broker elsewhere "
        "trust terminate tender alternativ* reconsider* renov* relacion proveedores replante* continuidad "
        "auditoria"
    ),
    "head": _words(
        "gerencia* gerente* jefe jefa jefes jefatura directorio director* dueno duena legal abogad* indecopi "
        "supervisor* superior* manager management director boss ceo head lawyer* presidente comite"
    ),
    "demurrage": _words(
        "sobreestadia* sobrestadia* demurrage detention demoraje* estadia* libres? free vacio* devolucion* "
        "devolver gate sobreestadi* demoras"
    ),
    "storage": _words(
        "almacenaje* sobrealmacenaje storage almacen* bodegaje deposito camara frigorific* energia conexion*"
    ),
    "fine": _words(
        "multa* sancion* infraccion* fine* penalt* penalidad* uit autoliquidacion comiso incaut* acta"
    ),
    "truck": _words(
        "falso flete* unidad* camion* trailer* chofer* conductor* standby stand espera resguardo custodia "
        "transporte transportista truck* driver* haul* viaje placa furgon plataforma montacarga* cuadrilla"
    ),
    "abandonment": _words(
        "abandon* remate adjudic* decomis*"
    ),
    "cost": _words(
        "costo* sobrecosto* gasto* recargo* cobr* monto* tarifa* cargo* importe* adicional* extra* perdida* "
        "perjuicio* cost* charge* surcharge* fee fees expense* roleo roll penalidad duplicad* doble dos"
    ),
    "runs": _words(
        "genera* corre corren corriendo sumando suma* acumul* vence* vencio vencen vencer venc* caduca* "
        "expir* accru* running incurr* evit* antes plazo* limite deadline riesgo risk"
    ),
    "price list": _words(
        "tarifario tarifas cotiz* presupuest* referencial* normalmente suele* aproximad* estim* quote* rate "
        "rates"
    ),
    "send": _words(
        "adjunt* envio enviamos enviado* enviar* remito remitimos remitir va van paso mando mandamos comparto "
        "compartimos anexo alcanzo hago llegar attached attach* enclos* herewith find dejo subi subo carpeta "
        "link drive nube zenlace aqui ahi acompan*"
    ),
    "document": _words(
        "factura* invoice* packing* lista empaque conocimiento_bl awb guia certificad* poliza* ficha* carta* "
        "documento* documentacion papeles origen permiso* resolucion fitosanitario fito hoja msds registro "
        "mandato endose poder documents? papers originals? originales copia* scan* draft borrador cargo "
        "constancia volante manifiesto dam dams"
    ),
    "review": _words(
        "revis* review tramite despacho inici* numeracion completar completo completa carpeta expediente file "
        "proceder faltaba* faltante"
    ),
    "voucher": _words(
        "voucher* transferencia* abono* abon* deposit* pago* pagamos pague pagado transfer* payment paid wire "
        "constancia"
    ),
    "billing": _words(
        "factura* liquidacion* cobro* nota credito comision igv cuenta saldo facturacion facturar* detraccion "
        "retencion invoice* billing"
    ),
    "proforma": _words(
        "proforma* tributos impuestos derechos percepcion advalorem depositar cuanto estimado provision"
    ),
    "quote": _words(
        "cotiz* tarifa* presupuesto precio* cuanto propuesta oferta quote quotation rates? comision"
    ),
    "status": _words(
        "levante canal numer* eta llega* arrib* status estado aforo rojo naranja verde salio zarpe nave vuelo "
        "released? cleared clearance arriv* novedad* avance descarga transmit*"
    ),
    "delivery": _words(
        "retir* recoj* recog* entreg* cita turno despach* program* transporte unidad camion descarg* almacen "
        "planta delivery deliver* pickup pick schedule appointment horario chofer placa reparto"
    ),
    "advice": _words(
        "partida* arancel* subpartida regimen* restringid* permiso* tlc preferencia valor clasific* "
        "requisito* norma* ley aplica* corresponde tariff hs duty duties senasa digesa digemid vuce consulta* "
        "duda* obligatori* necesari*"
    ),
    "copy": _words(
        "copia* copy copies escane* pdf duplicado reenv* archivo sustento* cargo"
    ),
    "correct": _words(
        "corr[ei][gj]* correccion* rectific* modific* cambi* decir dice anul* reemit* enmend* amend* correct* "
        "subsan* refactur* actualiz* razon consignatario consignee"
    ),
    "instruct": _words(
        "proced* numer* transmit* esper* deten* deteng* avanz* adelante luz visto_bueno autoriz* instru* "
        "proceed hold go ahead anticipad* diferid* modalidad priorid* prioriz*"
    ),
    "agree": _words(
        "acuerdo* acord* acept* aprob* conforme* pact* condicion* vigent* vigencia contrato terminos agree* "
        "accept* approv* conversad* quedamos escrito constancia telefono reunion tarifa propuesta"
    ),
    "hours": _words(
        "domingo* sabado* feriado* noche madrugada horario extraordinari* adicional* sobretiempo fuera "
        "weekend overtime sunday saturday"
    ),
    "expiry": _words(
        "venc* prorrog* regulariz* temporal garantia fianza admision plazo* ampli* extend* extension expir* "
        "reexport* regimen perfeccionamiento drawback conclu*"
    ),
    "archive": _words(
        "archivo file observad* observacion* subsan* foliad* foli* expediente cargo sello firma* devuelve "
        "carpeta cierre cerrar"
    ),
    "alert": _words(
        "alerta* automatic* generado glosa sistema responder notificacion clinet"
    ),
    "recipients": _words(
        "correo* copia copiar agreg* incluy* inclu* retir* quit* sacar lista reporte* destinatari* zcorreo "
        "frecuencia diario semanal lunes report* status cuadro"
    ),
    "thanks": _words(
        "gracias agradecid* agradezco ok okey recibid* perfecto listo excelente genial thanks thank received "
        "noted anotad* enterad* buenisimo felicit* great perfect vale"
    ),
    "away": _words(
        "vacaciones ausente oficina licencia retorno regreso automatica auto undeliver* delivery failure "
        "buzon fuera office leave reemplazo"
    ),
    "advert": _words(
        "curso* taller* promocion* descuento* dscto webinar inscrib* boletin newsletter suscri* desuscri* "
        "vacante* oferta* unsubscribe baja clic click feria evento diplomado capacitacion* inversion zoom "
        "navegador"
    ),
    "inform": _words(
        "inform* comunic* conocimiento fines enterad* aviso avisar* avisamos cuento comento fyi informativ* "
        "notific* sepas sepan sepa"
    ),
    "calm": _words(
        "queja reclamo problema apuro presion culpa tranquil* cuidado felizmente suerte menos bien orden "
        "normal worries problem"
    ),
    "today": _words(
        "hoy manana ahora ya urgente inmediat* cuanto antes pronto today tomorrow asap urgent now immediately "
        "tarde noche"
    ),
    "greeting": _words(
        "hola estimad* buen* senor* dear hi hello saludos cordial* atentamente regards"
    ),
}  # fmt: skip

_PATTERNS = tuple((name, re.compile(pattern)) for name, pattern in WORD_CLASSES.items())


@lru_cache(maxsize=65_536)
def classes_of(word: str) -> tuple[str, ...]:
    """The classes a word in its normal form belongs to."""
    return tuple(name for name, pattern in _PATTERNS if pattern.fullmatch(word))
