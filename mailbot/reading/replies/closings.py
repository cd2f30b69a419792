"""Formulas around a message: farewells, disclaimers, banners, footers of newsletters."""

import re

_FAREWELL = re.compile(
    r"^(?:(?:muy |un |una |los |mis |con |toda |la |mi |m[aá]s |reciba[ns]? |te |le |les |cordial |afectuoso |"
    r"fuerte |gran |atento )*"
    r"(?:saludos?|slds|sdos|atte|atentamente|att|cordialmente|cordiales|respetuosamente|afectuosamente|abrazos?|"
    r"agradecid[oa]s?|"
    r"cari[nñ]os|besos|consideraci[oó]n(?: de siempre)?|estima|deferente saludo|atenci[oó]n)"
    r"|(?:(?:best|kind|kindest|warm|warmest|with|many|my|b\.?|thanks and)\s*)*(?:regards|rgds|wishes)|"
    r"(?:sincerely|truly|faithfully)(?: yours)?|respectfully(?: yours)?|terv|"
    r"(?:yours|very)(?: (?:truly|sincerely|faithfully))?|cheers|thanks|thank you|thx|tks|best|brgds|br|"
    r"(?:mit )?(?:freundlichen?|besten?|viele|liebe|herzliche|sch[oö]ne)n?\s+(?:gr[uü](?:ß|ss)en?|gru(?:ß|ss))|"
    r"mfg|lg|vg|"
    r"(?:bien )?cordialement|salutations|bien [aà] vous|amicalement|meilleures salutations|"
    r"atenciosamente|abra[cç]os|cumprimentos|obrigad[oa]|grat[oa]|"
    r"cordiali saluti|distinti saluti|saluti|un saluto|grazie|"
    r"(?:met )?vriendelijke groet(?:en)?|groet(?:en|jes)?|mvg|"
    r"(?:med )?v[aä]nliga? h[aä]lsning(?:ar)?|mvh|hilsen|(?:med )?venlig hilsen|(?:med )?vennlig hilsen|pozdrawiam|"
    r"с уважением|s pozdravem|[uü]dv[oö]zlettel|gracias|muchas gracias|mil gracias|terveisin|"
    # The same in more languages; each is a closing by itself.
    r"(?:best|beste|viele|liebe|herzliche|sonnige|sch[oö]ne) (?:gr[uü](?:ß|ss)e|w[uü]nsche)|gru(?:ß|ss)|"
    r"hochachtungsvoll|"
    r"bis (?:dann|bald|später)|gr[uü](?:ß|ss)e?|danke(?: und gru(?:ß|ss))?|vielen dank|besten dank|"
    r"(?:tr[eè]s |bien |tout )?(?:cordialement|sinc[eè]rement)|cdlt|cdt|bien [aà] (?:vous|toi)|[aà] bient[oô]t|merci|"
    r"(?:sinc[eè]res |meilleures )?salutations(?: distingu[eé]es)?|bonne (?:journ[eé]e|soir[eé]e|r[eé]ception)|bises|"
    r"(?:i miei |i migliori |tanti |grazie e )?(?:cordiali |distinti |migliori )?saluti|cordialmente|a presto|ciao|"
    r"(?:com os |os )?(?:melhores |meus )?cumprimentos|um abra[cç]o|abs|att|obrigad[oa] desde j[aá]|"
    r"cordiais sauda[cç][oõ]es|"
    r"(?:met )?(?:hartelijke|vriendelijke|beste|warme|zonnige) groet(?:en|jes)?|hartelijk dank|bedankt|gr|"
    r"alvast bedankt|"
    r"(?:med )?(?:v[aä]nliga?|b[aä]sta|b[aä]stalla) h[aä]lsning(?:ar)?|h[aä]lsningar|ha det|tack|"
    r"(?:med )?(?:venlige?|vennlige?|kj[aæ]re|k[aæ]rlig|beste|bedste|mange) hilsne?r?(?:en)?|hilsen|vh|kh|tak|takk|"
    r"(?:parhain |yst[aä]v[aä]llisin |terveisin )?terveisin|terveiset|t|yt|kiitos|"
    r"(?:serdecznie |z )?(?:pozdrawiam|pozdrowieni(?:a|ami)|powa[zż]aniem|wyrazami szacunku)(?: serdecznie)?|"
    r"dzi[eę]kuj[eę]|"
    r"(?:s |se )?(?:p[rř][aá]telsk[yý]m |srde[cč]n[yý]m )?pozdrav(?:em|om)?|hezk[yý] den|d[eě]kuji|"
    r"[dď]akujem|zdrav[ií]m|"
    r"lep(?:o)? pozdrav(?:ljeni)?|lp|s po[sš]tovanjem|srda[cč]an pozdrav|hvala|"
    r"(?:с наилучшими |наилучшие )?пожелания(?:ми)?|всего (?:доброго|хорошего)|спасибо|с ув\.?|з повагою|"
    r"дякую|поздрави|"
    r"sayg[iı]lar[iı]m(?:la|[iı]zla)?|sayg[iı]lar|sevgiler|te[sş]ekk[uü]rler|iyi [cç]al[iı][sş]malar|kolay gelsin|"
    r"cu (?:stim[aă]|respect|drag)|mul[tț]umesc|o zi bun[aă]|με εκτίμηση|φιλικά|ευχαριστώ|k[oö]sz[oö]n[oö]m|"
    r"tisztelettel|salutacions|atentament|gr[aà]cies|agur|lugupidamisega|pagarbiai|ar cieņu|בברכה|תודה|شكرا|"
    r"مع (?:أطيب |خالص |كل )?(?:التحية|التحيات|الشكر|الاحترام)|تحياتي|"
    r"(?:talk|speak|write|see you) soon|take care|all the best|until then|hasta (?:luego|pronto)|nos vemos|"
    r"trân trọng|cảm ơn|salam|hormat saya|terima kasih|"
    r"祝好|此致|敬礼|敬禮|谢谢|謝謝|顺颂商祺|順頌商祺|顺祝商祺|敬上|祝工作顺利|敬具|以上|"
    r"よろしく(?:お願い)?(?:します|いたします|致します)?|"
    r"감사합니다|드림|ขอแสดงความนับถือ|ขอบคุณ(?:ครับ|ค่ะ)?)"
    r"(?:[\s,/&y]*(?:cordial(?:es)?|cordialmente|atentos?|atentamente|saludos?|regards|best|kind|thanks|grande|"
    r"afectuosos?|fraternos?|"
    r"and|y|a todos|desde [^\W\d_]{3,20}|from [^\W\d_]{3,20}|to all|distinguidos?|gracias|anticipadas|best "
    r"regards|muchos|"
    r"toda|mi|consideraci[oó]n|estima|personal|a ud|a usted|all the best|wishes|vielen dank|mit|freundlichen|"
    r"gr[uü](?:ß|ss)en))*"
    r"\s*[.,;:!،。、\-–—]*\s*(?:[:;]-?[)D])?$",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"confidencial|confidential|vertraulich|confidentiel|riservat|vertrouwelijk|conf[ií]denciais|"
    r"(?:no es|not|nicht|n'[eê]tes pas|non) (?:el|the|der|le|il)? ?(?:destinatario|intended recipient|"
    r"beabsichtigte|destinataire)|"
    r"si (?:usted |ud\.? |lo )?(?:no es|ha recibid|recib|recibe|has recibid)|if you (?:are not|have received)|"
    r"intended (?:solely|only|recipient|addressee|for the)|antes de imprimir|before printing|(?:no "
    r")?imprim[aei]r? .{0,25}(?:si|solo|indispensable|necesario|haga falta)|trading conditions|dirigid[oa] "
    r"[uú]nicamente|toda difusi[oó]n|firmad[oa] digitalmente|no alterar el asunto|consider the environment|"
    r"medio ?ambiente|secreto profesional|privilegio abogado|attorney[- ]client|privileged|privilegiad|uso "
    r"(?:exclusivo|restringido|interno)|"
    r"exclusiv[oa] (?:del?|para|uso)|(?:informaci[oó]n|mensaje|correo|comunicaci[oó]n|e-?mail|message|"
    r"communication).{0,60}"
    r"(?:protegid|destinad|dirigid|legal|sujet|prohibid|classified|clasificad|libre de virus|virus[- ]free|not "
    r"secure|exclusiv)|"
    r"no (?:se hace|asume|acepta) responsab|does not accept|accepts no (?:liability|responsib)|prohibida su|"
    r"ley (?:n[°ºo.]* ?)?29733|datos personales|rgpd|gdpr|avisolegal|aviso legal|legal notice|disclaimer|"
    r"haftungsausschluss|"
    r"avast|avg\.com|libre de virus|scanned (?:by|for)|generado autom[aá]tic|generated automatic|mensaje "
    r"autom[aá]tico|automated message|"
    r"no respond[ae]r? (?:a )?este|do not reply|(?:do not|don't) respond|(?:no|es) monitoread|not monitored|"
    r"unmonitored|correo autom[aá]tico|no atendido|aviso generado|"
    r"please consider|piense (?:en el|antes)|piensa (?:en el|antes)|cuid(?:e|emos|a) el (?:medio|planeta)|"
    r"queda prohibid|estrictamente|strictly prohibited|no contract|terms and conditions apply|registered office|"
    r"company number|amtsgericht|handelsregister|commercial register|external e-?mail|delete it|b[oó]rrelo|"
    r"elim[ií]nelo|"
    r"las opiniones|the views expressed|protecci[oó]n de datos|data protection|privacy policy|pol[ií]tica de "
    r"privacidad",
    re.IGNORECASE,
)
_FOOTER = re.compile(
    r"^generado\b|^\[sistema\]|unsubscribe|desuscri|darse? de baja|date de baja|cancelar (?:la |tu |su "
    r")?suscripci|cancel your|"
    r"(?:recib[ei]s?|recibe|recibir) (?:m[aá]s )?(?:este|esta|estos)? ?(?:bolet|correo|mail|mensaje|newsletter)|"
    r"(?:no|dejar de) (?:desea[sr]? )?recibir|haga clic aqu[ií]\.?$|you (?:are )?receiv(?:e|ing|ed) this|view "
    r"(?:this|it) (?:in|on)|ver (?:en|este).{0,20}(?:navegador|web)|reply to this email directly|"
    r"manage your|abmelden|se d[eé]sabonner|you can unsubscribe|google groups|mailing list|por estar suscrito|"
    r"mute the thread",
    re.IGNORECASE,
)
# A cheap look before both: each of their alternatives holds one of these.
_NOTICE_STEMS = (
    *("confiden", "confíden", "vertraulich", "riservat", "vertrouwelijk", "destinata", "intended", "beabsichtigte"),
    *("no es", "recib", "if you ", "imprim", "printing", "trading cond", "dirigid", "difusi", "digitalmente"),
    *("alterar", "environment", "ambiente", "secreto", "privileg", "attorney", "uso ", "exclusiv", "protegid"),
    *("destinad", "legal", "sujet", "prohibid", "clas", "virus", "not secure", "responsab", "accept", "29733"),
    *("datos personales", "rgpd", "gdpr", "disclaimer", "haftungsausschluss", "avast", "avg.com", "scanned"),
    *("autom", "respond", "reply", "monitor", "atendido", "generad", "consider", "piens", "cuid", "estrictamente"),
    *("strictly", "no contract", "terms and", "register", "company number", "amtsgericht", "external", "delete it"),
    *("rrelo", "nelo", "opiniones", "views expressed", "de datos", "data protection", "privac", "sistema"),
    *("subscri", "suscri", "de baja", "cancel", "clic", "receiv", "view ", "navegador", "web", "manage"),
    *("abmelden", "sabonner", "groups", "mailing", "mute"),
)
_NOTICE_OPENING = re.compile(
    r"(?:aviso|nota|noticia|importante|advertencia|descargo|confiden|disclaimer|notice|important|legal|attention|"
    r"privil|note|"
    r"(?:th(?:is|e)|any|all) (?:e-?mail|message|communication|transmission|information|content|document|mail|"
    r"business|mailbox|views)|"
    r"(?:est[ea]|el|la|las|los|toda) (?:presente )?(?:correo|mensaje|e-?mail|informaci[oó]n|comunicaci[oó]n|"
    r"contenido|documento|"
    r"buz[oó]n|transmisi[oó]n|opiniones|banco|empresa|destinatario|archivo)|informaci[oó]n|comunicaci[oó]n|"
    r"correo|mensaje|documento|"
    r"if you|si (?:usted|ud|no es|ha|lo|detecta)|en cumplimiento|de conformidad|conforme a|antes de|before|"
    r"please (?:consider|think|do not)|"
    r"por favor,? (?:considere|piense|no imprim|no respond)|favor (?:de )?no|piensa|piense|cuid|protej|salv|"
    r"ahorr|no imprim|imprim|evite|"
    r"do not|don'?t|no respond|go green|think|diese (?:e-?mail|nachricht)|ce (?:message|courriel)|questo|esta "
    r"mensagem|automatic|"
    r"generad|firmad|queda|prohibid|confidenc|virus|sent |scanned|registered|amtsgericht|to (?:the|un)|if this|"
    r"in case|uso )",
    re.IGNORECASE,
)
# What a notice is shows in its first sentences.
_NOTICE_CHARS = 700
# Nobody closes with a paragraph of that length but a legal department.
_LONG_PARAGRAPH = 200
# An antivirus program's marker at the end of what it checked.
_IDENTIFIER = re.compile(r"^<?#?[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}>?$", re.IGNORECASE)
_BANNER = re.compile(
    r"^\W{0,6}(?:\[?\s*)(?:correo externo|correo de origen externo|external(?: e-?mail| sender| message)?|"
    r"caution|precauci[oó]n|"
    r"advertencia|atenci[oó]n|warning|aviso de seguridad|mensaje externo|e-?mail externo|remitente externo|"
    r"this (?:e-?mail|message) (?:originated|came|was sent|is) from outside|este (?:correo|mensaje) (?:proviene|"
    r"fue enviado|viene|se origin[oó]|procede|es de)"
    r"|you don'?t often get e-?mail|no suele(?:s)? recibir (?:correo|mensajes)|achtung|externe e-?mail|attention|"
    r"some people who received this message)",
    re.IGNORECASE,
)
_BANNER_SENSE = re.compile(
    r"extern|outside|link|enlace|archivo|adjunto|attachment|remitente|sender|reconoce|recognize|click|clic|"
    r"origen|fuera de|learn why|"
    r"averig[uü]e|informaci[oó]n|absender|anh[aä]nge|exp[eé]diteur",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"(?:电话|電話|手机|手機|邮箱|郵箱|传真|傳真|地址|微信|携帯|メール|전화|휴대폰|이메일|팩스)\s*[:：]|株式会社|有限公司|주식회사|"
    r"(?<!\w)(?:т\.|тел|моб|факс|ооо|ул|пр-т)\b\.?|"
    r"(?<!\w)(?:tel[eé]?f?(?:ono|ax)?|telf?|tlf|puh|gsm|handy|portable|telefoon|phone|cel(?:ular)?|m[oó]vil|mobile|mob|fax|anexo|anx|rpm|rpc|"
    r"whatsapp|ruc|www|e-?mail|skype|"
    r"direct|office|oficina|desk|ext|av(?:enida)?|jr|jir[oó]n|calle|urb|mz|piso|lote)\b\.?\s*[:.#|]?|https?://|www\.|"
    r"^[mtdfpTMDFP]\s?[:.|]\s?\+?[\d(]|^\W*\(?\+?\d[\d\s().\-x]{6,}$|[\w.+-]+@[\w-]+\.\w|☎|📞|✆|"
    r"\b(?:s\.?a\.?c|s\.?a\.?a?|e\.?i\.?r\.?l|s\.?r\.?l|ltda?|gmbh|inc|llc|ltd|co|ag|b\.?v|oy|ab|s\.?l)\.?(?:$|"
    r"\s*[|,\-–])",
    re.IGNORECASE,
)


def is_farewell(line: str) -> bool:
    """A line that only says goodbye."""
    text = line.strip(" \t*_")
    return 0 < len(text) <= 80 and _FAREWELL.match(text) is not None


def is_disclaimer(paragraph: str) -> bool:
    """A confidentiality notice, a plea not to print, the footer of a newsletter or of a robot."""
    opening = paragraph[:_NOTICE_CHARS]
    if not any(map(opening.lower().__contains__, _NOTICE_STEMS)):
        return False
    return _DISCLAIMER.search(opening) is not None or _FOOTER.search(opening) is not None


def is_notice(paragraph: str) -> bool:
    """A disclaimer or footer that stands alone; a sender's own sentence about confidence or paper is none."""
    opening = paragraph.strip(" \t*_[(<>\"'-–—|#")
    if len(opening) > _LONG_PARAGRAPH or _NOTICE_OPENING.match(opening) is not None:
        return is_disclaimer(paragraph)
    return _FOOTER.search(opening) is not None or _IDENTIFIER.match(paragraph.strip()) is not None


def is_banner(line: str) -> bool:
    """A gateway's warning on top of a mail from outside."""
    line = line[:_NOTICE_CHARS]
    return _BANNER.match(line) is not None and (_BANNER_SENSE.search(line) is not None or line.strip().startswith("["))


def goes_on_warning(line: str, following: str) -> bool:
    """Whether a warning's paragraph goes on: its sentence is not at an end, or the next line warns too."""
    return (
        not line.rstrip(" *_").endswith((".", "]", "!")) or _BANNER_SENSE.search(following[:_NOTICE_CHARS]) is not None
    )


def is_contact(line: str) -> bool:
    """A line with a telephone, an address, a site or a firm's legal form."""
    return _CONTACT.search(line[:_NOTICE_CHARS]) is not None
