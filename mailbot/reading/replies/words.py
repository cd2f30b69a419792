"""The words by which mail programs of many languages mark earlier mail: data, no logic.

The lists follow what clients really write (Outlook, Gmail, Apple Mail, Thunderbird, Yahoo, Zimbra,
Notes in their translations), gathered by language, not from any one test suite.
"""

# Who wrote: stands in the line above a quotation ("El mar, 3 mar 2026, Rosa escribió:").
WRITING_VERBS = (
    r"wrote|writes|has written|said(?: the following)?|excerpts from",
    r"escribi[oó]|escribe|ha escrito|va escriure|ha escrit|escrigu[eé]|idatzi du|escribiu",
    r"a [eé]crit|[eé]crivait",
    r"ha scritto|scrive|scrisse",
    r"escreveu|escreve",
    r"schrieb|hat geschrieben|geschrieben|schreef|heeft .{0,80}geschreven|het .{0,80}geskryf|skryf",
    r"skrev|har skrevet|skrifaði|kirjoitti|kirjutas",
    r"napisał\(?a?\)?|pisze|napsal\(?a?\)?|nap[ií]sal\(?a?\)?|je napisao(?:/la)?|je napisala|napisa[ol]",
    r"написала?|написал\(а\)|написав|пишет|пише|писала?|написа|напиша",
    r"[ií]rta|a scris|rašė|rakstīja|shkroi|yazdı|yazmış",
    r"đã viết|viết|menulis",
    r"έγραψε|כתב/?ה?|כתבה|كتب|تمت كتابة",
    r"je написао(?:/ла)?|је написао(?:/ла)?|је написала|писали|пользователь .{2,80} написал",
)
UNSPACED_VERBS = "เขียน|写道|寫道|のメール|書いたメール|書きました|작성|쓴 글|님의 말"

# A cheap look before the long pattern: every verb above holds one of these.
VERB_STEMS = (
    *(
        "writ",
        "naps",
        "wrote",
        "said",
        "excerpts",
        "escri",
        "idatzi",
        "crit",
        "écri",
        "scri",
        "schr",
        "geskr",
        "skryf",
        "skr",
        "kirjo",
        "kirju",
    ),
    *(
        "napis",
        "napís",
        "pisze",
        "напис",
        "напиш",
        "пише",
        "писа",
        "írta",
        "irta",
        "rašė",
        "rakst",
        "shkroi",
        "yaz",
        "viết",
    ),
    *(
        "escrev",
        "كتاب",
        "쓴 글",
        "님의 말",
        "menulis",
        "เขียน",
        "έγραψε",
        "כתב",
        "كتب",
        "写",
        "寫",
        "メール",
        "書き",
        "작성",
    ),
)

# How a line begins that names the author alone.
SURE_OPENINGS = (
    r"quoting|citando(?: a)?|citado por|mensaje citado por|zitat von|citat|citation de|selon|missatge de|"
    r"wiadomość napisana przez|from|mensaje de|message de|nachricht von"
)
# How such a line begins.
OPENINGS = (
    r"on|at|in a message dated|quoting|el|en|o|le|il|em|no dia|às|in data|am|op|den|dne|d[nň]a|dnia|w dniu|pe|în data|"
    r"la data|la|a|"
    r"în|þann|kasutaja|ในวันที่|missatge|wiadomość|mensaje citado|excerpts|"
    r"ma|da|dana|"
    r"dne|u|на|в|від|on the|tarihinde|vào|pada|ngày|στις|ב-?|בתאריך|في|于|在|il giorno|il giorno|le jour|lördag|"
    r"maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|zitat von|citando|citado|from"
)

FROM_LABELS = (
    "від кого|шаље|шиље|от кого|pengirim|người gửi|nadawca|إرسال من|المرسل|ผู้ส่ง|שולח|avsendt av|afsendt af|"
    "no|од|отправитель|відправник|from|de|von|da|van|od|från|fra|lähettäjä|kimden|gönderen|от|от кого|від|"
    "发件人|發件人|寄件者|寄件人|"
    "差出人|送信者|보낸 사람|보낸사람|"
    "feladó|de la|expéditeur|remitente|mittente|remetente|afzender|absender|avsändare|afsender|avsender|nadawca|"
    "odesílatel|odosielateľ|saatja|nuo|pošiljatelj|šalje|από|από|từ|จาก|מאת|من|dari|desde|nork"
)
DATE_LABELS = (
    "dată|відправлено|kuupäev|datums|датум|تاريخ|التاريخ|تم الإرسال|أرسلت|วันที่|เวลา|terkirim|ngày gửi|תאריך שליחה|"
    "enviadas|gönderilme|تاريخ الإرسال|wysłane|odeslané|skickades|data e hora|date et heure|nosūtīts|"
    "изпратено|послато|датум|ส่ง|bidalia|enviado o|sent|date|sent at|sent on|enviado el|enviado|"
    "enviados|enviada|enviada em|enviado em|enviado a|fecha|envoyé|"
    "envoyé le|"
    "date d'envoi|gesendet|gesendet am|datum|data|inviato|data invio|verzonden|wysłano|data wysłania|skickat|"
    "sendt|dato|"
    "lähetetty|päivämäärä|päiväys|tarih|gönderildi|gönderme tarihi|gönderilme tarihi|gönderilen|отправлено|"
    "отправлен|дата|"
    "надіслано|发送时间|发送日期|日期|發送時間|已傳送|傳送時間|寄件日期|送信日時|日時|日付|보낸 날짜|날짜|"
    "보낸 시간|elküldve|"
    "dátum|küldve|odesláno|"
    "odoslané|dňa|trimis|trimis la|poslano|enviat|saadetud|išsiųsta|ημερομηνία|στάλθηκε|ngày|đã gửi|תאריך|נשלח|تاريخ|"
    "sendt den|skickat den|enviat el|enviado às|tanggal|dikirim"
)
TO_LABELS = (
    "per a|прима|за|untuk|người nhận|المستلم|ผู้รับ|"
    "pentru|收件人|kam|за|adressaat|получатель|отримувач|ถึง|to|para|an|à|a|aan|do|till|til|vastaanottaja|kime|"
    "alıcı|кому|до|收件人|收件者|宛先|받는 사람|받는사람|"
    "címzett|komu|pre|către|"
    "za|per|destinataire|destinatario|destinatário|empfänger|prima|saaja|προς|đến|ถึง|אל|إلى|kepada|nori"
)
CC_LABELS = (
    "cc|c\\.c\\.|bcc|cco|copia|con copia|"
    "kopie|kopi|kopia|копия|копія|抄送|副本|参照|참조|cópia|copie à|copie|másolat|pk|bilgi"
)
SUBJECT_LABELS = (
    "temats|наслов|judul|subyek|tajuk|หัวข้อ|"
    "ogg|naslov|относно|tēma|subject|asunto|assunto|betreff|betr\\.|objet|sujet|oggetto|onderwerp|temat|ämne|"
    "emne|aihe|"
    "konu|тема|主题|主旨|"
    "主題|件名|제목|"
    "tárgy|předmět|predmet|subiect|zadeva|assumpte|teema|tema|θέμα|chủ đề|เรื่อง|נושא|الموضوع|perihal|subjek|gaia|re"
)
OTHER_LABELS = (
    "importance|importancia|priority|prioridad|attachments|datos adjuntos|anexos|adjuntos|archivos adjuntos|"
    "anlagen|pièces jointes|"
    "reply-to|responder a|organization|organisation|message-id|x-mailer|wichtigkeit|priorité|importância|priorität|"
    "sensitivity|confidencialidad|categories|categorías|resent-from|sender|mailed-by|signed-by"
)

# The words inside the rules that some clients draw ("-----Mensaje original-----").
ORIGINAL_WORDS = (
    r"original message|original mail|original e?-?mail|forwarded message|forwarded mail|forwarded by|begin "
    r"forwarded message|"
    r"start of forwarded|original message headers|original headers|below this line is a copy|reply message|"
    r"original appointment|forwarded letter|end original|"
    r"(?:copia del? )?mensaje original|copia del correo original|correo original|mensaje reenviado|correo "
    r"reenviado|reenviado por|mensaje enviado|"
    r"inicio del mensaje reenviado|cita original|mensaje de reenv[ií]o|remitido por|mensaje citado|"
    r"message d['’]origine|message original|message initial|message transf[eé]r[eé]|message r[eé]exp[eé]di[eé]|"
    r"courriel original|"
    r"transf[eé]r[eé] par|e-?mail d'origine|"
    r"d[eé]but du message|urspr[uü]ngliche nachricht|original[- ]?nachricht|originalnachricht|weitergeleitete? "
    r"(?:nachricht|e?-?mail)|"
    r"weitergeleitet von|urspr[uü]nglicher termin|messaggio originale|messaggio inoltrato|inoltrato da|inizio "
    r"messaggio|"
    r"mensagem original|mensagem encaminhada|mensagem reencaminhada|encaminhado por|in[ií]cio da mensagem|"
    r"oorspronkelijk(?:e)? bericht|doorgestuurd bericht|begin doorgestuurd bericht|doorgestuurd door|"
    r"urspr(?:ung)?ligt meddelande|ursprungsmeddelande|vidarebefordrat (?:meddelande|brev)|originalmeddelande|"
    r"oprindelig meddelelse|original meddelelse|videresendt (?:meddelelse|melding|besked)|opprinnelig melding|"
    r"alkuper[aä]inen viesti|edelleenl[aä]hetetty|v[aä]litetty viesti|wiadomo[sś][cć] oryginalna|oryginalna "
    r"wiadomo[sś][cć]|"
    r"wiadomo[sś][cć] przekazana|przekazana wiadomo[sś][cć]|p[uů]vodn[ií] zpr[aá]va|p[oô]vodn[aá] spr[aá]va|"
    r"p[rř]eposlan[aá] zpr[aá]va|eredeti [uü]zenet|tov[aá]bb[ií]tott [uü]zenet|mesaj original|mesaj redirec[tț]ionat|"
    r"[oö]zg[uü]n mesaj|orijinal mesaj|iletilen mesaj|исходное сообщение|пересылаемое (?:сообщение|письмо)|"
    r"оригинальное сообщение|перенаправленное сообщение|originalna poruka|izvorna poruka|izvorno sporo[cč]ilo|"
    r"missatge original|missatge reenviat|αρχικό μήνυμα|προωθημένο μήνυμα|tin nhắn gốc|"
    r"原始邮件|原始郵件|转发邮件|轉寄的郵件|转发的邮件|元のメッセージ|転送メッセージ|"
    r"オリジナルメッセージ|원본 메시지|원본 메일|전달된 메시지|"
    r"mail original|e-?mail original|original e-?mail|p[uů]vodn[ií] e-?mail|oprindelig (?:besked|mail)|"
    r"[oö]zg[uü]n ileti|邮件原件|原邮件|"
    r"原始信件|原文|pesan asli|pesan terusan|message forwarded"
)
# Those among them that say "forwarded".
FORWARD_WORDS = (
    r"forwarded|begin forwarded|start of forwarded|mensaje reenviado|correo reenviado|reenviado|inicio del "
    r"mensaje reenviado|"
    r"mensaje de reenv|message (?:transf|r[eé]exp)|transf[eé]r[eé]|weitergeleitet|messaggio inoltrato|inoltrato|"
    r"mensagem (?:re)?encaminhada|encaminhado|doorgestuurd|vidarebefordrat|videresendt|edelleenl[aä]hetetty|"
    r"v[aä]litetty|"
    r"wiadomo[sś][cć] przekazana|przekazana|p[rř]eposlan|tov[aá]bb[ií]tott|mesaj redirec|iletilen|пересылаемое|"
    r"перенаправленное|missatge reenviat|προωθημένο|轉寄|转发|転送メッセージ|전달된|proslijeđena|pesan terusan|"
    r"remitido"
)
# These stand without any rule around them.
BARE_FORWARD_WORDS = (
    r"begin forwarded message|inicio del mensaje reenviado|d[eé]but du message (?:r[eé]exp[eé]di[eé]|"
    r"transf[eé]r[eé])|"
    r"anfang der weitergeleiteten (?:nachricht|e-mail)|inizio messaggio inoltrato|in[ií]cio da mensagem "
    r"(?:re)?encaminhada|"
    r"begin doorgestuurd bericht|vidarebefordrat brev|videresendt (?:besked|melding)|alku edelleenl[aä]hetetty "
    r"viesti|"
    r"v[aä]litetty viesti alkaa|pocz[aą]tek przekazywanej wiadomo[sś]ci|za[cč][aá]tek p[rř]eposlan[eé] zpr[aá]vy|"
    r"начало переадресованного (?:сообщения|письма)|początek treści przekazanej wiadomości|以下是转发的邮件|"
    r"转发的邮件|"
    r"下記は転送メッセージです|"
    r"начало перенаправленного сообщения|iletilen mesajın başlangıcı|továbbított üzenet kezdete|"
    r"次のメッセージを転送|전달된 "
    r"메시지의 시작"
)
# The same in the many forms that translations have; a colon closes the line.
ANNOUNCED_FORWARD = (
    r".{0,30}(?:reenvi|remitid|weitergeleitet|transf[eé]r|r[eé]exp[eé]d|inoltrat|encaminhad|doorgestuurd|"
    r"vidarebefordr|"
    r"videresend|v[aä]litet|edelleenl[aä]h|przekaz|p[rř]epos[ií]l|preposiel|p[rř]eposlan|tov[aá]bb[ií]t|"
    r"redirec|iletil|"
    r"y[oö]nlendir|пересыл|пересил|перенаправл|переадрес|пересл|препрат|προωθ|reenviat|terusan|edast|persi[uų]st|"
    r"proslije[dđ]|posredov|forwarded).{0,12}"
    r"(?:mensaje|correo|messag|nachricht|e.?mail|mensagem|bericht|meddeland|brev|besked|melding|meddelelse|"
    r"viesti|wiadomo|"
    r"zpr[aá]v|spr[aá]v|lev[eé]l|[uü]zenet|mesaj|ileti|сообщени|письм|лист|повідомл|съобщ|μήνυμα|missatge|pesan|kiri|"
    r"lai[sš]k|poruk|sporo[cč]il).{0,20}:|"
    r".{0,20}(?:mensaje|correo|message|messaggio|nachricht|mensagem|mesaj|mesajului|poruk|листа|лист|письма|"
    r"сообщения).{0,6}(?:reenviado|transf[eé]r[eé]|r[eé]exp[eé]di[eé]|inoltrato|(?:re)?encaminhada|redirec[tț]ionat|"
    r"що пересилається|пересылаемого).{0,12}:|"
    r".{0,6}(?:转发|轉寄|転送|전달된).{0,6}(?:邮件|郵件|消息|信件|メッセージ|メール|메시지|메일).{0,6}[:：]"
)
