"""Words of the trade by what they do in a mail: asking, sending, blaming, naming a cost.

These classes are features, never verdicts (`domain.md` sections 6 and 7.2): the model learns what
each is worth. A pattern is matched against one whole word in its normal form (`words.py`).
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from mailbot.classify.verb_forms import WORD_FORMS

# Class of word -> the words of it, `*` standing for any ending. A word may be in several classes.
WORD_CLASSES = {
    "can": (
        "pued* podr* podemos podamos posible posibilidad factible viable could can would may"
    ),
    "want": (
        "necesit* requer* requier* quisier* quier* queremos deseo desea* gustaria interes* urge* need require "
        "want like wish"
    ),
    "please": (
        "favor porfavor please kindly agradecer* agradez* sirva* sirvan* ruego rogamos tenga bondad amable* "
        "gentil* appreciate grateful solicit* pedimos pido pedirte pedirle pedirles encargo encargamos"
    ),
    "advise": (
        "advise confirm send let provide check revert update forward arrange proceed issue correct amend "
        "share tell"
    ),
    "must": (
        "debe* deber* tiene* tienen hay toca falta* falten conviene convendria should must has"
    ),
    "wh": (
        "que cual* cuando cuant[oa]s? como donde quien* when what which how who where why"
    ),
    "whether": (
        "si acaso whether if"
    ),
    "know": (
        "saber saberlo conocer entender confirmacion confirmar* respuesta novedad* noticias avance* status "
        "estado situacion know understand news"
    ),
    "pending": (
        "pendiente* espera esperando aguard* atento atenta quedo quedamos waiting await* pending outstanding"
    ),
    "wait silent": (
        "respond* contest* respuesta silencio callad* responden contestan reply replied answer* ignored"
    ),
    "you": (
        "ustedes usted contigo ti you yourselves vosotros tuyo suyo suya"
    ),
    "your": (
        "su sus tu tus your suyos tuyos vuestr*"
    ),
    "we": (
        "nos nosotros me mi nuestr* yo we our us my"
    ),
    "they": (
        "ellos linea naviera aerolinea terminal deposito sunat aduana transport* proveedor* fabrica "
        "fabricante shipper supplier carrier line aseguradora banco especialista courier forwarder embarcador "
        "agente broker"
    ),
    "we broker": (
        "agencia despachador* tramitador operativ* ejecutiv* oficina equipo colega* area"
    ),
    "not": (
        "no ni sin nadie nunca jamas nada ningun* tampoco not never nobody nothing without dont didnt cannot"
    ),
    "again": (
        "otra vez veces nuevamente segunda segundo tercera tercer tercero cuarta cuarto quinta quinto sexta "
        "siempre repet* reiter* mismo misma sigue siguen seguimos todavia aun again still third second fourth "
        "twice insist* recuerd* recordator* volv* vuelve* vuelto"
    ),
    "late": (
        "demor* retras* atras* tard* vencid* fuera dias semanas? meses delay* late overdue days weeks? horas"
    ),
    "error": (
        "error* equivoc* mal descuid* neglig* olvid* confund* confusion omision omit* fall* perdi* extravi* "
        "traspapel* mistake* wrong failed failure forgot* missed lost incorrect*"
    ),
    "anger": (
        "malestar molest* incomod* inacept* inadmis* increible verguenza vergonz* decepcion* lament* queja* "
        "reclam* hart[oa]s? cansad* colmo respeto pesim* fatal desastre burla* broma paciencia insatisf* "
        "disconform* desconten* frustr* indign* absurd* insolit* tolera* toler* desorden improvis* irrespons* "
        "penos* preocup* unacceptable disappoint* frustrat* complain* ridiculous poor* annoy* upset angry "
        "terrible embarrass* shame sorry nefast* abuso deficien* incumpl* incompeten*"
    ),
    "explain": (
        "explicacion* explique* expliquen* explica* descargo* motivo razon responsable* justific* sustento "
        "cronologia explanation explain account reason timeline"
    ),
    "liable": (
        "asum* asumir culpa responsab* bolsillo reembols* reconoc* descont* descuento compens* indemniz* "
        "perjuicio* dano* imput* atribu* corresponde* responsible liable absorb* compensat* refund* claim* "
        "blame pagar* pague*"
    ),
    "promise": (
        "prometi* prometieron ofreci* compromis* quedaron quedaste quedamos acord* asegur* dijeron dijiste "
        "dijo indicaste indicaron confirmaste confirmaron garantiz* promised assured said told"
    ),
    "leave": (
        "agencia licit* competencia competidor* confianza contrato evaluar* evaluando evaluaremos cambiar "
        "cambiamos migrar otros? retirar* rescind* resolver prescindir ultim[oa] despedi* broker elsewhere "
        "trust terminate tender alternativ* reconsider* renov* relacion proveedores replante* continuidad "
        "auditoria"
    ),
    "head": (
        "gerencia* gerente* jefe jefa jefes jefatura directorio director* dueno duena legal abogad* indecopi "
        "supervisor* superior* manager management director boss ceo head lawyer* presidente comite"
    ),
    "demurrage": (
        "sobreestadia* sobrestadia* demurrage detention demoraje* estadia* libres? free vacio* devolucion* "
        "devolver gate sobreestadi* demoras"
    ),
    "storage": (
        "almacenaje* sobrealmacenaje storage almacen* bodegaje deposito camara frigorific* energia conexion*"
    ),
    "fine": (
        "multa* sancion* infraccion* fine* penalt* penalidad* uit autoliquidacion comiso incaut* acta"
    ),
    "truck": (
        "falso flete* unidad* camion* trailer* chofer* conductor* standby stand espera resguardo custodia "
        "transporte transportista truck* driver* haul* viaje placa furgon plataforma montacarga* cuadrilla"
    ),
    "abandonment": (
        "abandon* remate adjudic* decomis*"
    ),
    "cost": (
        "costo* sobrecosto* gasto* recargo* cobr* monto* tarifa* cargo* importe* adicional* extra* perdida* "
        "perjuicio* cost* charge* surcharge* fee fees expense* roleo roll penalidad duplicad* doble dos"
    ),
    "runs": (
        "genera* corre corren corriendo sumando suma* acumul* vence* vencio vencen vencer venc* caduca* "
        "expir* accru* running incurr* evit* antes plazo* limite deadline riesgo risk"
    ),
    "price list": (
        "tarifario tarifas cotiz* presupuest* referencial* normalmente suele* aproximad* estim* quote* rate "
        "rates"
    ),
    "send": (
        "adjunt* envio enviamos enviado* enviar* remito remitimos remitir va van paso mando mandamos comparto "
        "compartimos anexo alcanzo hago llegar attached attach* enclos* herewith find dejo subi subo carpeta "
        "link drive nube zenlace aqui ahi acompan*"
    ),
    "document": (
        "factura* invoice* packing* lista empaque conocimiento_bl awb guia certificad* poliza* ficha* carta* "
        "documento* documentacion papeles origen permiso* resolucion fitosanitario fito hoja msds registro "
        "mandato endose poder documents? papers originals? originales copia* scan* draft borrador cargo "
        "constancia volante manifiesto dam dams"
    ),
    "review": (
        "revis* review tramite despacho inici* numeracion completar completo completa carpeta expediente file "
        "proceder faltaba* faltante"
    ),
    "voucher": (
        "voucher* transferencia* abono* abon* deposit* pago* pagamos pague pagado transfer* payment paid wire "
        "constancia"
    ),
    "billing": (
        "factura* liquidacion* cobro* nota credito comision igv cuenta saldo facturacion facturar* detraccion "
        "retencion invoice* billing"
    ),
    "proforma": (
        "proforma* tributos impuestos derechos percepcion advalorem depositar cuanto estimado provision"
    ),
    "quote": (
        "cotiz* tarifa* presupuesto precio* cuanto propuesta oferta quote quotation rates? comision"
    ),
    "status": (
        "levante canal numer* eta llega* arrib* status estado aforo rojo naranja verde salio zarpe nave vuelo "
        "released? cleared clearance arriv* novedad* avance descarga transmit*"
    ),
    "delivery": (
        "retir* recoj* recog* entreg* cita turno despach* program* transporte unidad camion descarg* almacen "
        "planta delivery deliver* pickup pick schedule appointment horario chofer placa reparto"
    ),
    "advice": (
        "partida* arancel* subpartida regimen* restringid* permiso* tlc preferencia valor clasific* "
        "requisito* norma* ley aplica* corresponde tariff hs duty duties senasa digesa digemid vuce consulta* "
        "duda* obligatori* necesari*"
    ),
    "copy": (
        "copia* copy copies escane* pdf duplicado reenv* archivo sustento* cargo"
    ),
    "correct": (
        "corr[ei][gj]* correccion* rectific* modific* cambi* decir dice anul* reemit* enmend* amend* correct* "
        "subsan* refactur* actualiz* razon consignatario consignee"
    ),
    "instruct": (
        "proced* numer* transmit* esper* deten* deteng* avanz* adelante luz visto_bueno autoriz* instru* "
        "proceed hold go ahead anticipad* diferid* modalidad priorid* prioriz*"
    ),
    "agree": (
        "acuerdo* acord* acept* aprob* conforme* pact* condicion* vigent* vigencia contrato terminos agree* "
        "accept* approv* conversad* quedamos escrito constancia telefono reunion tarifa propuesta"
    ),
    "hours": (
        "domingo* sabado* feriado* noche madrugada horario extraordinari* adicional* sobretiempo fuera "
        "weekend overtime sunday saturday"
    ),
    "expiry": (
        "venc* prorrog* regulariz* temporal garantia fianza admision plazo* ampli* extend* extension expir* "
        "reexport* regimen perfeccionamiento drawback conclu*"
    ),
    "archive": (
        "archivo file observad* observacion* subsan* foliad* foli* expediente cargo sello firma* devuelve "
        "carpeta cierre cerrar"
    ),
    "alert": (
        "alerta* automatic* generado glosa sistema responder notificacion clinet"
    ),
    "recipients": (
        "correo* copia copiar agreg* incluy* inclu* retir* quit* sacar lista reporte* destinatari* zcorreo "
        "frecuencia diario semanal lunes report* status cuadro"
    ),
    "thanks": (
        "gracias agradecid* agradezco ok okey recibid* perfecto listo excelente genial thanks thank received "
        "noted anotad* enterad* buenisimo felicit* great perfect vale"
    ),
    "away": (
        "vacaciones ausente oficina licencia retorno regreso automatica auto undeliver* delivery failure "
        "buzon fuera office leave reemplazo"
    ),
    "advert": (
        "curso* taller* promocion* descuento* dscto webinar inscrib* boletin newsletter suscri* desuscri* "
        "vacante* oferta* unsubscribe baja clic click feria evento diplomado capacitacion* inversion zoom "
        "navegador"
    ),
    "inform": (
        "inform* comunic* conocimiento fines enterad* aviso avisar* avisamos cuento comento fyi informativ* "
        "notific* sepas sepan sepa"
    ),
    "calm": (
        "queja reclamo problema apuro presion culpa tranquil* cuidado felizmente suerte menos bien orden "
        "normal worries problem"
    ),
    "today": (
        "hoy manana ahora ya urgente inmediat* cuanto antes pronto today tomorrow asap urgent now immediately "
        "tarde noche"
    ),
    "greeting": (
        "hola estimad* buen* senor* dear hi hello saludos cordial* atentamente regards"
    ),
}  # fmt: skip

# Beginnings shorter than this would catch half the language.
_SHORTEST_STEM = 2


def _spellings(listed: str) -> Iterator[str]:
    """A listed word with its optional letter left out and put in, and each of a choice of letters."""
    if found := _CHOICE.search(listed):
        for letter in found[1]:
            yield from _spellings(listed.replace(found[0], letter, 1))
    elif found := _OPTIONAL.search(listed):
        yield from _spellings(listed.replace(found[0], found[1], 1))
        yield from _spellings(listed.replace(found[0], "", 1))
    else:
        yield listed


_CHOICE = re.compile(r"\[(\w+)\]")
_OPTIONAL = re.compile(r"(\w)\?")


def _table() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Whole words and beginnings of words, each with its classes."""
    whole: dict[str, list[str]] = {}
    begun: dict[str, list[str]] = {}
    for name, listed in WORD_CLASSES.items():
        for word in (one for entry in listed.split() for one in _spellings(entry)):
            table, key = (begun, word[:-1]) if word.endswith("*") else (whole, word)
            table.setdefault(key, []).append(name)
    return whole, begun


_WHOLE, _BEGUN = _table()
_PATTERNS = tuple((name, re.compile(pattern)) for name, pattern in WORD_FORMS.items())


@lru_cache(maxsize=65_536)
def classes_of(word: str) -> tuple[str, ...]:
    """The classes a word in its normal form belongs to."""
    found = [name for name, pattern in _PATTERNS if pattern.fullmatch(word)]
    found.extend(_WHOLE.get(word, ()))
    for size in range(_SHORTEST_STEM, len(word) + 1):
        found.extend(_BEGUN.get(word[:size], ()))
    return tuple(dict.fromkeys(found))
