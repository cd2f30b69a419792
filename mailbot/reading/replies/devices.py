"""Lines that a phone or a program adds below what was written ("Enviado desde mi iPhone")."""

import re

# "Sent from": where the verb opens the line.
_SENT_FROM = (
    r"(?:this (?:message|e-?mail) (?:was|has been) |mensaje |correo |diese nachricht wurde |message )?"
    r"(?:(?:sent|typed|written|composed|secured|delivered|posted) (?:securely )?(?:from|via|with|using|by|on|through)"
    r"|(?:enviad[oa]|escrito|mandado) (?:desde|con|a trav[eé]s|mediante|do|da|de|del|pelo|pela|via|por|com)"
    r"|enviat (?:des|amb)|env[ií]ado desde"
    r"|(?:envoy[eé]e?|[eé]crit|exp[eé]di[eé]) (?:de|depuis|[aà] partir|avec|via|par|du)|provenance\s?:"
    r"|(?:gesendet|verschickt|geschrieben|versendet) (?:von|mit|vom|[uü]ber|aus|via)|von (?:mein|unterwegs|outlook)"
    r"|mit (?:der|dem|mein)"
    r"|(?:inviat[oa]|scritto) (?:da|dal|dalla|con|tramite)"
    r"|(?:verzonden|verstuurd|gestuurd) (?:vanaf|vanuit|met|via|door|van)"
    r"|(?:skickat|skickades|skrivet) (?:fr[aå]n|med|via)|sendt (?:fra|med|via)|l[aä]hetetty|saadetud"
    r"|(?:wys[lł]an[eoy]|nadan[eo]) (?:z|ze|za pomoc[aą]|przez)"
    r"|(?:odesl[aá]no|posl[aá]no|odoslan[eé]|poslan[eé]|poslano) (?:z|ze|zo|s|sa|iz|pomoc[ií]|prek)"
    r"|(?:отправлено|отправлена|написано) (?:с|со|из|от|через)|(?:надіслано|відправлено) (?:з|із|зі|від)|"
    r"изпратено (?:от|с)|послато са"
    r"|trimis (?:de pe|din|de la|cu)|(?:el)?k[uü]ldve|(?:εστάλη|στάλθηκε) (?:από|με)|išsiųsta (?:iš|su)|nosūtīts no"
    r"|נשלח|أ[ُ]?رسلت|تم الإرسال|مرسل|(?:được |đã )?gửi (?:từ|bằng)|di(?:kirim|hantar) (?:dari|dengan|melalui)|ส่งจาก"
    r"|发自|發自|从|從|由|寄自|来自|來自|通过|透過)"
)
# Where it closes the line.
_SENT_LAST = (
    *("gesendet", "verschickt", "geschrieben", "gönderildi", "gonderildi", "gönderilmiştir", "送信", "送信しています"),
    *(
        "送信されました",
        "发送",
        "發送",
        "傳送",
        "寄出",
        "보냄",
        "보냈습니다",
        "보낸 메일",
        "보낸 메일입니다",
        "전송",
        "küldve",
    ),
)
_GET = (
    r"get|download|obtener|obtenga|obt[eé]n|descargar|descarga|descargue|t[eé]l[eé]charge[rz]|obtenir|"
    r"obtenez|scarica|"
    r"ottieni|obter|obtenha|baixar|baixe|transferir|holen sie sich|laden sie|ladda (?:ned|ner)|h[aä]mta|skaffa|hent|"
    r"f[aå]|last ned|hanki|lataa|pobierz|скачать|получить|загрузить|завантажити|отримати|z[ií]skat|z[ií]skajte|"
    r"st[aá]hnout|获取|獲取|取得|下载|下載|dapatkan|tải|obțineți|let[oö]lt[eé]s"
)
_GET_LAST = (
    *("beziehen", "herunterladen", "holen", "downloaden", "ophalen", "edinin", "indirin", "alın", "を入手", "を取得"),
    *("を入手する", "다운로드", "받기"),
)
_DEVICES = (
    r"iphon|ipad|ipod|ios|android|blackberry|nokia|samsung|galaxy|xiaomi|redmi|huawei|honor|motorola|moto|lg|"
    r"htc|sony|"
    r"xperia|pixel|oneplus|oppo|realme|vivo|windows|phone|e-?mail|mobile|mobiel|m[oó]vil|celular|cellulare|"
    r"cell|handy|smartphone|"
    r"tel[eé]fono|telefone|t[eé]l[eé]phone|mobil|telefon|puhelim|outlook|gmail|yahoo|mail|correo|correio|courrier|"
    r"posta|poczt|po[sš]t|s[aä]hk[oö]posti|thunderbird|airmail|spark|proton|tutanota|tuta|aquamail|"
    r"aqua mail|bluemail|boxer|nine|typeapp|mailbird|webmail|zimbra|verizon|t-mobile|at&t|4g|5g|lte|tablet|tableta|"
    r"tablette|hotmail|icloud|aol|watch|macbook|mac|surface|dispositivo|device|ger[aä]t|appareil|palm|treo|"
    r"dell|front|"
    r"polymail|superhuman|hey|missive|newton|app|em client|canary|postbox|mixmax|unibox|shift|edison|xfinity|"
    r"alto|inbox|"
    r"handheld|wireless|keyboard|keypad|thumbs|unterwegs|cihaz|apparaat|enhed|enhet|телефон|смартфон|мобильн|"
    r"устройств|"
    r"айфон|почт|яндекс|рамблер|手机|手機|小米|华为|華為|邮件|郵件|邮箱|スマート|スマホ|携帯|メール|휴대폰|"
    r"스마트폰|메일|"
    r"هاتف|điện thoại"
)
_BEGINS = re.compile(
    rf"(?:{_SENT_FROM})(?!\w(?<=[a-z]))|sent (?:on the go$|from my )|(?:{_GET})\b.{{0,40}}outlook"
    rf"|(?:{_GET})\b.{{0,20}}(?:{_DEVICES})\b.{{0,60}}\b(?:ios|android|iphone)$|(?:获取|獲取|取得|下载|下載)"
    r"|outlook (?:for|para|f[uü]r|pour|per|voor|til|dla|pro|для) (?:ios|android)\b",
    re.IGNORECASE,
)
_OWN_DEVICE = re.compile(r"^sent from my [\w'’-]+(?: [\w'’-]+){0,3}$", re.IGNORECASE)
_NAMED = re.compile(rf"(?<![a-zà-ÿ])(?:{_DEVICES}|on the go)", re.IGNORECASE)
_EXCUSE = re.compile(
    r"(?:^|[.,;:(–—-]\s*|\s)(?:and |so )?(?:please |bitte |veuillez |por favor,? )?(?:excuse|pardon|forgive|"
    r"ignore|sorry for|"
    r"apologies for|disculpen?|perdonen?|entschuldigen?|excusez|desculpe|scusa(?:te|ndomi)?) .{0,30}"
    r"(?:typos?|brevity|errors?|mistakes|spelling|autocorrect|brevedad|errores|fautes|k[uü]rze|fehler|"
    r"tippfehler|erros|"
    r"errori|terse\w*|short\w*).{0,40}$",
    re.IGNORECASE,
)
_LINKS = re.compile(r"\]\(https?://[^)]{0,300}\)|<https?://[^>]{0,300}>|\(?\[?https?://[^\s)\]]{0,300}[\])]?")
_EXCUSE_ALONE = re.compile(
    r"(?:and |please |bitte |veuillez |por favor,? )*(?:excus|pardon|forgiv|ignor|sorry|apolog|disculp|perdon|"
    r"entschuld|desculp|scus)",
    re.IGNORECASE,
)
_CHARS, _LINK_CHARS = 140, 300
_MOST_WORDS = 16


def is_device_line(line: str) -> bool:
    """A line a phone or program adds; a sentence of the sender's own that merely begins so is none."""
    if len(line) > _CHARS + _LINK_CHARS or line.count(" ") > _MOST_WORDS + 4:
        return False
    text = line.strip(' \t*_>-–—[]()|"')
    if "http" in text:
        text = _LINKS.sub("", text).strip()
    if not 0 < len(text) <= _CHARS:
        return False
    if _BEGINS.match(text) is None and not _closes(text):
        return _EXCUSE_ALONE.match(text) is not None and not _EXCUSE.sub("", text).strip()
    own = _EXCUSE.sub("", text).strip().rstrip(" .!:;,])*_|")
    if _OWN_DEVICE.match(own):
        return True
    head, comma, rest = own.partition(",")
    return len(own.split()) <= _MOST_WORDS and bool(_NAMED.search(head)) and (not comma or bool(_NAMED.search(rest)))


def _closes(text: str) -> bool:
    lowered = text.rstrip(" .!").lower()
    return lowered.endswith(_SENT_LAST) or (lowered.endswith(_GET_LAST) and "outlook" in lowered)
