"""The words of automatic answers in the languages of mail programs, and how a note in one of them gives itself away."""

import re

# What programs put before the subject of what they answer, followed by a colon or by nothing.
LABELS = (
    r"(?:automatic|automated|auto)[- ]?(?:reply|response|answer|notification)|autoreply|out of (?:the )?office(?: "
    r"(?:auto-?reply|notice|notification|reply|message|response))?|ooo|vacation (?:reply|message|notice|response)|"
    r"away (?:message|notice|from (?:my |the )?(?:office|desk|mail))|on (?:vacation|leave|holiday)|"
    r"respuestas? autom[aá]ticas?|auto-?respuesta|fuera de (?:la |mi )?oficina|ausencia (?:temporal|de la oficina)|"
    r"ausente de la oficina|mensaje de ausencia|aviso de ausencia|resposta autom[aàá]tica|"
    r"fora d[oe] (?:escrit[oó]rio|"
    r"despatx)|aus[eê]ncia tempor[aá]ria|mensagem de aus[eê]ncia|ausente do escrit[oó]rio|"
    r"r[eé]ponse automatique|absence du bureau|message d['’]absence|absent du bureau|accus[eé] de r[eé]ception|"
    r"automatische (?:antwort|r[uü]ckmeldung)|abwesenheits(?:notiz|meldung|nachricht|assistent)|abwesenheit|"
    r"risposta automatica|fuori (?:ufficio|sede)|messaggio di assenza|assenza dall['’]ufficio|"
    r"automatisch (?:antwoord|bericht)|afwezigheids(?:bericht|melding|assistent)|afwezig|niet aanwezig|"
    r"automatiskt? svar|autosvar|fr[aå]nvaro(?:meddelande)?|frav[aæ]r(?:smeddelelse|sbesked|smelding)?|"
    r"ikke til stede|"
    r"ikke p[aå] kontoret|inte p[aå] kontoret|automaattinen vastaus|automaattivastaus|poissaolo(?:ilmoitus|viesti)?|"
    r"odpowied[zź] automatyczna|automatyczna odpowied[zź]|nieobecno[sś][cć](?: w biurze)?|"
    r"automatick[aá] odpov[eě][dď]|nep[rř][ií]tomnost|mimo (?:kancel[aá][rř]|kancel[aá]riu)|automatikus v[aá]lasz|"
    r"h[aá]zon k[ií]v[uü]l|r[aă]spuns automat|automatski odgovor|samodejni odgovor|automatinis atsakymas|"
    r"autom[aā]tisk[aā] atbilde|automaatvastus|otomatik (?:yan[iı]t|cevap)|ofis d[iı][sş][iı]nda|"
    r"αυτόματη απάντηση|автоматический ответ|автоответ|автоматична відповідь|автоматичен отговор|вне офиса|"
    r"תשובה אוטומטית|מענה אוטומטי|رد تلقائي|(?:thư )?trả lời tự động|balasan otomatis|jawapan automatik|"
    r"ตอบกลับอัตโนมัติ|"
    r"自動(?:返信|応答|回覆|答覆)|不在通知|不在のお知らせ|自动(?:回复|答复|回覆)|不在办公室|外出|"
    r"자동 ?(?:회신|응답|답장)|"
    r"부재중(?: 자동 ?(?:회신|응답))?"
)
# How people without Spanish or English say that they are away, and for how long.
_AWAY = (
    r"jag (?:är|kommer).{0,30}(?:semester|ledig|inte på kontoret|bortrest|tjänsteresa)|på semester|"
    r"jeg (?:er|har).{0,30}(?:ferie|fri|bortrei[ns]t|ikke på kontoret|ikke til stede|fraværende)|på ferie|"
    r"olen .{0,30}(?:lomalla|poissa|matkoilla|vapaalla)|(?:jestem|przebywam|będę).{0,30}(?:urlop|nieobecn|"
    r"poza biurem|"
    r"delegacji)|(?:jsem|budu|som).{0,40}(?:dovolen|mimo kancel|nep[rř][ií]tom)|na dovolen(?:é|ej|ke)|"
    r"szabads[aá]g(?:on|omat)|"
    r"nem tart[oó]zkodom|sunt .{0,20}(?:concediu|plecat)|în concediu|na godi[sš]njem odmoru|"
    r"на годишњем одмору|na dopustu|"
    r"в отпуске|в командировке|отсутству(?:ю|ет) |нахожусь .{0,30}отпуск|у відпустці|в отпуска съм|"
    r"izinde(?:yim|yiz)|tatilde(?:yim)?|ofis dışında|yıllık iznim|εκτός γραφείου|σε άδεια|בחופשה|מחוץ למשרד|"
    r"في إجازة|خارج المكتب|đang nghỉ|nghỉ phép|sedang cuti|ลาพักร้อน|休暇|不在に|不在にし|出張(?:中|のため)|"
    r"休假|出差|"
    r"不在办公室|不在辦公室|휴가|부재중|출장"
)
# Whom to ask instead, or when the answer comes.
_INSTEAD = (
    r"kontakta|kontakt(?:e|uj)|yhteytt[aä]|kiireellis|w pilnych|nal[eé]hav|s[uü]rg[oő]s|urgen[tț]|hitn|nujn|"
    r"срочн|обращайтесь|"
    r"термінов|acil|iletişim|επείγ|דחוף|للضرورة|عاجل|liên hệ|hubungi|ติดต่อ|連絡|お急ぎ|紧急|緊急|联系|聯絡|"
    r"급한|연락|"
    r"br[aå]dskande|hastesager|haster|voor dringende|contact op"
)
_ROBOT = (
    r"automatische (?:antwort|nachricht|e-?mail)|automatisch (?:generiert|erstellt)|r[eé]ponse automatique|"
    r"(?:message|"
    r"courriel|e-?mail) (?:g[eé]n[eé]r[eé] )?automatique|risposta automatica|messaggio automatico|"
    r"resposta autom[aá]tica|"
    r"mensagem autom[aá]tica|automatisch (?:antwoord|bericht|gegenereerd)|automatiskt? svar|autosvar|automaattinen|"
    r"wiadomo[sś][cć] (?:wygenerowana )?automatyczn|automatick[aá] (?:odpov|zpr[aá]v)|автоматическ|"
    r"автоматичн|otomatik|"
    r"自動(?:返信|送信|配信)|自动(?:回复|发送|發送)|자동 ?(?:회신|발송|응답)"
)
_RECEIPT = (
    r"(?:haben|hat) ihre (?:anfrage|nachricht|e-?mail|mail) erhalten|ist bei uns eingegangen|vielen dank f[uü]r ihre "
    r"(?:nachricht|e-?mail|anfrage|mail)|avons bien re[cç]u (?:votre|ton)|(?:votre|ton) (?:message|courriel|"
    r"demande) a "
    r"(?:bien )?[eé]t[eé] re[cç]u|abbiamo ricevuto|recebemos (?:a sua|o seu|sua|seu)|hebben (?:uw|"
    r"je) .{0,20}ontvangen|"
    r"(?:vi|har) (?:har )?mottagit|modtaget din|mottatt (?:din|henvendelsen)|olemme vastaanottaneet|otrzymali[sś]my|"
    r"p[rř]ijali|получили ваше|ваше (?:письмо|обращение|сообщение) (?:получено|принято)|受け付けました|"
    r"受信(?:いた)?しました|"
    r"已收到|접수되었"
)
# A cheap look before the patterns: each of them needs one of these.
_STEMS = (
    *(
        "semester",
        "ledig",
        "ferie",
        "bortre",
        "kontoret",
        "lomalla",
        "poissa",
        "matkoilla",
        "urlop",
        "nieobec",
        "delegacji",
    ),
    *("dovolen", "kancel", "szabads", "tartózkod", "concediu", "plecat", "odmoru", "одмору", "dopustu", "отпуск"),
    *("командиров", "отсутств", "відпуст", "izinde", "tatilde", "ofis", "iznim", "γραφεί", "άδεια", "חופש", "משרד"),
    *("إجازة", "المكتب", "nghỉ", "cuti", "ลาพัก", "休", "不在", "出", "휴가", "부재", "출장", "autom", "автомат"),
    *("otomatik", "自動", "自动", "자동"),
)
_PATTERNS = tuple(re.compile(words, re.IGNORECASE) for words in (_AWAY, _INSTEAD, _ROBOT, _RECEIPT))


def wording_abroad(opening: str, note: str, *, answers: bool) -> str:
    """The words that tell a note of absence or a receipt in a language other than Spanish and English."""
    lowered = opening.lower()
    if not any(map(lowered.__contains__, _STEMS)):
        return ""
    away, instead, robot, receipt = (pattern.search(opening) for pattern in _PATTERNS)
    asks = "?" in opening or "？" in opening
    is_note = away is not None and not asks and (instead is not None or (answers and len(note) < 350))
    found = away if is_note else robot if robot is not None and (away or receipt) else None
    return f"Text: {' '.join(found.group().split())[:80]}" if found else ""
