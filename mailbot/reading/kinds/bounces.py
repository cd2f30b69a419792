"""Delivery failures: recognised by structure, sender, subject and wording of the servers that write them."""

import re

from mailbot.reading.kinds.delivery_status import status_parts
from mailbot.reading.kinds.facts import Facts

_DAEMON = re.compile(
    r"^(?:post[-_]?office|post[-_]master|mailer[-_. ]?d(?:a|ae)?emon|postmaster|mail[-_. ]?daemon|maildaemon|"
    r"mdaemon|mmdf|uucp|daemon|"
    r"smtp[-_]?gateway|"
    r"mail[-_.]?(?:er|delivery|system)[-\w]*|mailsubsystem|bounces?[-+\w.=]*|no[-_]?reply[-_]?bounce\w*|"
    r"mail[-_.]?delivery[-_]?\w*|delivery[-_]?(?:notification|status|subsystem|system|failure|error|report)s?|"
    r"microsoftexchange[0-9a-f]+|symantec_antivirus\w*|system[-_.]?administrator|ess_no_reply|undeliver\w*|"
    r"nondelivery|returned[-_]?mail|mailerdaemon|majordomo|smtpd|feedbackloop|"
    r"arf|fbl)$",
    re.IGNORECASE,
)
# People write from these too: they report a failure only in the words of a server.
_OFTEN_PEOPLE = re.compile(r"^(?:delivery[-_]?\w*|root|sysadmin|exchange|complaints|staff)$", re.IGNORECASE)
_PERSONAL = re.compile(
    r"^\W{0,3}(?:hola|estimad|buen[oa]s|hello|hi(?!\. this)\b|dear (?!sender|user|customer|sir)|"
    r"good (?:morning|afternoon|day)|hallo|guten|sehr geehrte|bonjour|buongiorno|bom dia|boa tarde)|\?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_DAEMON_NAME = re.compile(
    r"mail(?:er)?[ -]?(?:delivery|daemon|system)|delivery (?:sub)?system|postmaster|system administrator|"
    r"microsoft (?:outlook|exchange)|"
    r"subsistema de entrega|sistema de (?:correo|entrega)|administrador del sistema|mailer|internet mail "
    r"delivery|mail administrator|"
    r"e-?mail (?:delivery|system)|undeliver|non-?deliver|메일 ?시스템|配信システム|邮件系统",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"^\W{0,4}(?:\w{2,12}: )?(?:"
    r"undeliver(?:ed|able)|undelivery|un-?deliverable|returned (?:mail|e-?mail|message|to sender)|return(?:ed)? "
    r"receipt|mail returned|"
    r"failure notice|failure delivery|failed (?:mail|delivery|message)|fail(?:ed|ure) to deliver|delivery "
    r"(?:status )?notification|"
    r"delivery (?:failure|failed|error|has failed|problem|report|status|to|of|incomplete|delayed|unsuccessful|"
    r"was|not)|"
    r"(?:e-?mail|mail|message|nachricht|your (?:message|mail|e-?mail)).{0,30}(?:delivery (?:failed|failure|error|"
    r"problem|status|has failed|"
    r"delayed|to .{1,80} failed|notification|warning)|could not be (?:delivered|sent)|not (?:be )?delivered|"
    r"undeliverable|non[- ]?deliver|"
    r"was (?:not delivered|rejected|blocked|undeliverable)|returned|system error|bounced|rejected|can ?not be "
    r"delivered)|"
    r"(?:warning|notice|atenci[oó]n)\W{0,3}.{0,20}(?:could not send|message .{1,60}delayed|delivery|not "
    r"delivered|delayed|returned)|"
    r"non[- ]?deliver|nondeliver|not delivered|couldn'?t (?:be )?deliver|could not (?:be )?deliver|unable to "
    r"deliver|unzustellbar|"
    r"rejected mail|mail (?:rejected|error|failure|status report|transaction failed)|user unknown|unknown "
    r"(?:user|recipient|address)|"
    r"mail ?delivery|bounce|message status - undeliverable|abuse report|complaint about (?:message|mail)|"
    r"email feedback|spam (?:report|complaint)|"
    r"mail could not be delivered|automatically rejected|considered unsolicited|permanent (?:delivery )?fail|"
    r"address(?:ee)? unknown|"
    r"no se (?:puede|pudo|ha podido|pudieron) (?:entregar|enviar)|no entregado|mensaje (?:no entregado|devuelto|"
    r"rechazado)|"
    r"correo (?:no entregado|devuelto|rechazado)|entrega (?:fallida|no|demorada|retrasada)|error (?:en la|de) "
    r"entrega|"
    r"fall[oó] (?:en )?la entrega|devuelto|aviso de (?:no entrega|devoluci[oó]n|retraso)|notificaci[oó]n de "
    r"(?:estado|entrega|error)|"
    r"(?:zustellung|zustell|unzustell|fehler bei der|nicht zugestellt|ihre nachricht konnte)|mail nicht|"
    r"(?:non (?:remis|distribu|delivr)|[eé]chec (?:de|d'|du)|message non|remise)|avis de non|"
    r"(?:n[aã]o (?:entreg|foi poss)|falha (?:na|de) entrega|mensagem (?:n[aã]o|devolvida)|entrega)|"
    r"(?:mancat[ao] (?:consegna|recapito)|non recapit|impossibile (?:recapitare|consegnare)|avviso di mancata)|"
    r"(?:niet (?:afgeleverd|bezorg)|onbestelbaar|leveringsfout)|(?:ej levererat|kunde inte levereras|"
    r"olevererbart|kan ikke leveres|uleverbar)|"
    r"(?:niedostarcz|zwrot)|(?:nedoru[cč]|ned[oó]ru)|не доставлен|недоставлен|сообщение не|ошибка доставки|"
    r"невозможно доставить|"
    r"メール(?:が|を)?配信|配信(?:できません|不能|エラー)|送信(?:エラー|できません)|宛先不明|エラーメール|退信"
    r"|投递失败|未送达|系统退信|邮件被退回|반송|전송에? ?실패|발송 ?실패|배달 실패|無法(?:遞送|傳遞)|"
    r"无法(?:送达|投递)"
    r")",
    re.IGNORECASE,
)
_ANSWERED = re.compile(r"^\s*(?:re|rv|fw|fwd|aw|wg|tr|sv)\s*:", re.IGNORECASE)
FAILURE = re.compile(
    r"(?:could ?n[o']?t|can ?not|can'?t|was not|were not|not|unable to|failed to|fail(?:ed|ure)? (?:in|of|to)?|"
    r"wasn't|has not been|"
    r"have not been) (?:be |yet )?(?:able to )?(?:deliver|delivered|sent|send|reach|relay|be delivered|accept)|"
    r"undeliver|"
    r"permanent (?:fatal )?(?:error|failure)|delivery (?:to|of|has|failed|failure|attempt|status|temporarily|is "
    r"delayed)|returned to sender|"
    r"user (?:unknown|is unknown|doesn'?t|not found|does not exist|over quota)|unknown (?:user|recipient|address|"
    r"mailbox|local part)|"
    r"no such (?:user|mailbox|recipient|address|person|domain)|mailbox (?:is )?(?:full|unavailable|not found|"
    r"disabled|over quota|does not|quota|unknown)|"
    r"(?:exceeded|over) (?:its |the |his )?(?:storage |disk |mailbox )?(?:quota|limit)|quota exceeded|recipient "
    r"(?:address )?(?:rejected|unknown|not|refused)|"
    r"does not exist|doesn'?t exist|host (?:not found|unknown)|(?:domain|name) (?:not found|does not)|relaying "
    r"denied|"
    r"(?:message|mail) (?:was |has been )?(?:rejected|refused|blocked|bounced)|\b[245]\.\d{1,3}\.\d{1,3}\b|"
    r"(?:^|\s|[:<#(])(?:4[2-5]\d|5[0-57]\d)[ -](?:[245]\.\d|<|\w)|smtp error|remote (?:host|server) (?:said|"
    r"returned|responded)|"
    r"no (?:se )?(?:puede|pudo|ha podido|fue posible|ha sido posible) (?:ser )?(?:entreg|envi)|no (?:ha sido|fue|"
    r"pudo ser) entregad|"
    r"no existe|(?:ha sido|fue|sido) (?:rechazad|devuelt)|"
    r"exced(?:e|i[oó]|ida) (?:su|la|de) (?:cuota|capacidad)|"
    r"buz[oó]n (?:est[aá] )?lleno|direcci[oó]n (?:de correo )?(?:no|desconocida|inexistente)|usuario "
    r"desconocido|rechaz[oó]|"
    r"nicht (?:zugestellt|zustell|erreicht)|unzustellbar|konnte nicht|empf[aä]nger|n'a pas (?:pu|[eé]t[eé])|non "
    r"(?:remis|distribu)|"
    r"n[aã]o (?:foi|p[oô]de|pode) (?:poss|ser)|impossibile|non [eè] stato|niet (?:worden|bezorgd)|не (?:может|"
    r"удалось|доставл)|"
    r"配信できません|届けること|エラー|宛先|見つかりません|無法|无法|無法|失败|失敗|不存在|退信|退回|전송|"
    r"발송되지|못했습니다|존재하지 않|feedback-type|abuse "
    r"report",
    re.IGNORECASE | re.MULTILINE,
)
_SAID_BY_SERVER = re.compile(
    r"this is the (?:mail system|postfix program|qmail-send program|mail delivery agent|exim)|message (?:was "
    r")?(?:created|generated) automatically by mail|"
    r"i(?:'m| am) (?:afraid|sorry)|i was(?:n'?t)? (?:not )?able to deliver|hi\. this is|the original message was "
    r"received at|"
    r"a message that you (?:have )?sent|your message (?:was not|could not|did not|cannot|to )|the following "
    r"(?:address|recipient|message|mail)|"
    r"this is an automatically generated delivery|reporting-mta|diagnostic[- ]code|transcript of session|"
    r"delivery to the following recipient|unable to deliver (?:your|the|this) message|este es (?:el|un) "
    r"(?:sistema de correo|mensaje)|"
    r"no se (?:pudo|puede|ha podido) entregar (?:el|su|a|este)|su mensaje no|fall[oó] la entrega|below this line "
    r"is a copy|"
    r"message headers? follow|original message (?:follows|headers)|copia del mensaje|host .{1,80} said:",
    re.IGNORECASE,
)
_NOTIFICATION = re.compile(r"\"notificationType\"\s*:\s*\"(?:Bounce|Complaint)\"")
_SAMPLE = 6000
_OPENING_CHARS = 1000


def bounce_reason(facts: Facts) -> str:
    """Why a mail is a report of a failed delivery; empty when it is none."""
    if is_arrival_report(facts):
        return ""
    return _by_structure(facts) or _by_header(facts) or _by_wording(facts) or _by_notification(facts)


def is_arrival_report(facts: Facts) -> bool:
    """A report that the mail did arrive (RFC 3464 section 2.3.3) is no bounce."""
    if facts.root is None or not facts.root.type.startswith("multipart/"):
        return False
    actions: list[str] = []
    for part in status_parts(facts.root):
        text = part.content()[:50_000].decode("utf-8", errors="replace").lower()
        actions += re.findall(r"^action:\s*(\w+)", text, re.MULTILINE)
    return bool(actions) and all(action in {"delivered", "relayed", "expanded"} for action in actions)


def _by_structure(facts: Facts) -> str:
    root = facts.root
    if root is None:
        return ""
    report = root.parameters.get("report-type", "").lower()
    if root.type == "multipart/report" and report in {"delivery-status", "feedback-report"}:
        return f"Content-Type: multipart/report; report-type={report}"
    if root.children and next(status_parts(root), None) is not None:
        return "message/delivery-status"
    return ""


def _by_header(facts: Facts) -> str:
    if facts.headers.get("x-failed-recipients", "").strip():
        return f"X-Failed-Recipients: {facts.headers['x-failed-recipients'].strip()[:80]}"
    return ""


def _by_notification(facts: Facts) -> str:
    """Amazon's mail service tells of a bounce as JSON in a mail of its notification service."""
    if '"notificationType"' not in facts.text:
        return ""
    return "notificationType: Bounce" if _NOTIFICATION.search(facts.text[:_SAMPLE]) else ""


def _by_wording(facts: Facts) -> str:
    is_daemon = bool(_DAEMON.match(facts.local_part) or _DAEMON_NAME.search(facts.sender.name))
    is_subject = bool(_SUBJECT.match(facts.subject)) and not _ANSWERED.match(facts.subject)
    is_often_people = bool(_OFTEN_PEOPLE.match(facts.local_part))
    if not (is_daemon or is_subject or is_often_people or facts.has_null_return_path):
        return ""
    sample = facts.text[:_SAMPLE]
    fails = FAILURE.search(sample)
    said = _SAID_BY_SERVER.search(sample)
    # The name that RFC 3464 reports are sent under, with an envelope only programs use: in any language.
    is_sure = facts.has_null_return_path and facts.local_part == "mailer-daemon"
    if is_daemon and (is_subject or said or is_sure or (fails and not _is_written_by_person(facts))):
        return f"From: {facts.sender.address or facts.sender.name}"
    if is_often_people and fails and (said or (is_subject and _holds_original(facts))):
        return f"From: {facts.sender.address}"
    if is_subject and not facts.has_null_return_path and _PERSONAL.search(sample[:_OPENING_CHARS]):
        return ""
    if is_subject and fails and (said or facts.has_null_return_path or _holds_original(facts)):
        return f"Subject: {facts.subject[:80]}"
    if facts.has_null_return_path and said and fails:
        return "Return-Path: <>"
    return ""


def _is_written_by_person(facts: Facts) -> bool:
    """A postmaster who answers by hand writes a reply."""
    return bool(_ANSWERED.match(facts.subject)) or "in-reply-to" in facts.headers


def _holds_original(facts: Facts) -> bool:
    if facts.root is None:
        return "@" in facts.text
    return any(part.type in {"message/rfc822", "text/rfc822-headers"} for part in facts.root.walk())
