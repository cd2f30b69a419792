"""Automatic answers are known by header, subject or wording in the languages of mail programs; persons are not."""

import pytest

from mailbot.domain.message import MessageKind
from mailbot.reading.parse import read_message

_NOTES: list[tuple[str, str]] = [
    ("Automatische Antwort: Aviso", "Ich bin bis zum 5.3. nicht im Büro."),
    ("Abwesenheitsnotiz: Aviso", "Ich bin im Urlaub."),
    (
        "AW: Aviso",
        "Sehr geehrte Damen und Herren,\n\nich bin bis einschließlich 10.03.2026 nicht im Büro. Ihre E-Mail "
        "wird nicht weitergeleitet. In dringenden Fällen wenden Sie sich bitte an luis@textiles.example.",
    ),
    ("Réponse automatique : Aviso", "Je suis absent jusqu'au 5 mars."),
    ("Absence du bureau : Aviso", "Je suis en congés."),
    (
        "Re: Aviso",
        "Bonjour,\nJe suis actuellement en congé jusqu'au 5 mars. En cas d'urgence, veuillez contacter "
        "luis@textiles.example.",
    ),
    ("Risposta automatica: Aviso", "Sono fuori ufficio."),
    ("R: Aviso", "Sono in ferie fino al 5 marzo. Per urgenze contattare luis@textiles.example."),
    ("Fuori sede: Aviso", "torno il 5"),
    ("Resposta automática: Aviso", "Estou de férias."),
    ("RES: Aviso", "Estarei de férias até 5 de março. Em caso de urgência, contate luis@textiles.example."),
    ("Automatisch antwoord: Aviso", "Ik ben met vakantie."),
    ("Afwezigheidsbericht: Aviso", "Ik ben er niet."),
    (
        "Re: Aviso",
        "Ik ben met vakantie tot 5 maart. Voor dringende zaken kunt u contact opnemen met luis@textiles.example.",
    ),
    ("Autosvar: Aviso", "Jag är på semester till 5 mars. Vid brådskande ärenden kontakta luis@textiles.example."),
    ("Automatiskt svar: Aviso", "Jag är inte på kontoret."),
    ("SV: Aviso", "Jeg er på ferie til 5. marts. Kontakt luis@textiles.example ved hastesager."),
    ("Automatisk svar: Aviso", "Jeg har fri."),
    ("Ikke til stede: Aviso", "Jeg er bortreist til 5. mars."),
    ("Frånvaromeddelande: Aviso", "x"),
    ("Automaattinen vastaus: Aviso", "Olen lomalla."),
    ("VS: Aviso", "Olen lomalla 5.3. asti. Kiireellisissä asioissa ota yhteyttä luis@textiles.example."),
    ("Poissaoloilmoitus: Aviso", "x"),
    ("Odpowiedź automatyczna: Aviso", "Jestem na urlopie."),
    ("Automatyczna odpowiedź: Aviso", "x"),
    ("ODP: Aviso", "Przebywam na urlopie do 5 marca. W pilnych sprawach proszę o kontakt z luis@textiles.example."),
    ("Automatická odpověď: Aviso", "Jsem na dovolené."),
    ("Re: Aviso", "Do 5. března jsem na dovolené. V naléhavých případech kontaktujte luis@textiles.example."),
    ("Автоматический ответ: Aviso", "Я в отпуске."),
    ("Автоответ: Aviso", "x"),
    (
        "Re: Aviso",
        "Здравствуйте! Я нахожусь в отпуске до 5 марта. По срочным вопросам обращайтесь: luis@textiles.example.",
    ),
    ("Otomatik Yanıt: Aviso", "İzindeyim."),
    ("YNT: Aviso", "5 Mart'a kadar izindeyim. Acil durumlarda luis@textiles.example ile iletişime geçebilirsiniz."),
    ("Otomatik Cevap: Aviso", "x"),
    ("自動返信: Aviso", "不在です。"),
    (
        "Re: Aviso",
        "本日より3月5日まで休暇をいただいております。お急ぎの場合は luis@textiles.example までご連絡ください。",
    ),
    ("自動応答: Aviso", "x"),
    ("不在通知: Aviso", "x"),
    ("自动回复: Aviso", "我休假中。"),
    ("自动答复: Aviso", "x"),
    ("自動回覆: Aviso", "x"),
    ("Re: Aviso", "您好，我正在休假，3月5日返回。紧急事项请联系 luis@textiles.example。"),
    ("자동 회신: Aviso", "부재중입니다."),
    ("자동응답: Aviso", "x"),
    ("부재중 자동 응답: Aviso", "x"),
    ("Automatic reply: Aviso", "I am out of the office."),
    ("Out of Office AutoReply: Aviso", "x"),
    ("Out of office: Aviso", "I'm away"),
    ("Auto-Reply: Aviso", "x"),
    ("[Auto-Reply] Aviso", "x"),
    ("AutoReply", "x"),
    ("Vacation reply", "I'm on vacation"),
    ("On vacation Re: Aviso", "back monday"),
    ("I am out of the office", "x"),
    ("Re: Aviso", "I am currently out of the office with limited access to email. I will return on Monday, March 9."),
    (
        "Re: Aviso",
        "Thank you for your email. I am on annual leave until 9 March. For urgent matters please contact "
        "luis@textiles.example.",
    ),
    ("Re: Aviso", "Hi, I'm on parental leave until June. Please reach out to luis@textiles.example."),
    ("Re: Aviso", "I'll be out of office until Monday and will get back to you then."),
    ("Out of Office Re: Aviso", "I no longer work at Dest. Please contact luis@textiles.example."),
    ("Respuesta automática: Aviso", "x"),
    ("Fuera de la oficina: Aviso", "x"),
    ("Fuera de oficina Re: Aviso", "Estoy de viaje"),
    (
        "Re: Aviso",
        "Estimados, me encuentro de vacaciones hasta el 9 de marzo. Cualquier consulta comunicarse con "
        "luis@textiles.example.",
    ),
    ("Re: Aviso", "Gracias por su correo. Actualmente estoy fuera de la oficina y responderé a mi regreso el lunes."),
    ("Autorespuesta: Aviso", "x"),
    ("Ausencia temporal: Aviso", "Estaré ausente hasta el lunes."),
    (
        "Your ticket has been received [#1234]",
        "Thank you for contacting us. This is an automated response; your request has been received.",
    ),
    (
        "Ihre Anfrage",
        "Vielen Dank für Ihre Nachricht. Dies ist eine automatische Antwort. Wir haben Ihre Anfrage erhalten.",
    ),
    (
        "We received your request",
        "This is an automatically generated email, please do not reply. We have received your request.",
    ),
    ("Accusé de réception", "Ceci est une réponse automatique. Nous avons bien reçu votre message."),
]
_HEADERS = [
    "Auto-Submitted: auto-replied",
    "Auto-Submitted: auto-generated",
    "Auto-Submitted: auto-notified",
    "X-Autoreply: yes",
    "X-Autorespond: x",
    "Precedence: auto_reply",
    "X-Precedence: auto_reply",
    "Precedence: auto-reply",
    "Preference: auto_reply",
    "X-AutoReply-From: x@y.example",
    "X-Mail-Autoreply: x",
    "Delivered-To: Autoresponder",
    "X-Autogenerated: Reply",
    "X-FC-MachineGenerated: true",
    "X-POST-MessageClass: 9; Autoresponder",
    "X-Auto-Reply: yes",
    "X-Zendesk-Auto-Reply: x",
    "X-OutOfOffice: yes",
    "Return-Path: <>",
    "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent",
]
_PERSONS: list[tuple[str, str]] = [
    ("Re: Aviso", "Estoy de viaje pero puedo verlo mañana. ¿Me mandas el BL?"),
    ("Vacaciones del equipo", "Karina, ¿cuándo sales de vacaciones? Yo estaré fuera del 5 al 9."),
    ("Out of office coverage", "Hi Karina, who covers while you are out of office next week? Thanks"),
    ("Re: Automatic reply: Aviso", "Thanks, then I wait for your return."),
    ("RE: Respuesta automática: Aviso", "Gracias, entonces espero su regreso."),
    ("Consulta", "Gracias por su correo. Le confirmo que hemos recibido los documentos y ya los revisamos."),
    ("Re: Aviso", "Thank you for your email. We have received the goods yesterday, all fine."),
    ("Read: my thoughts", "Read this please"),
    (
        "Aviso",
        "Mañana estaré fuera de la oficina, pero Luis puede atender el despacho 2026-4512. Necesito el levante hoy.",
    ),
    ("Re: Aviso", "Ich bin morgen nicht im Büro, können wir am Montag telefonieren?"),
    ("Urlaub", "Hallo Karina, bist du im Urlaub? Ich bräuchte die Papiere."),
    ("Auto importado", "El auto llega el lunes"),
    ("Auto: pesos y medidas", "Adjunto los pesos del auto."),
    ("Ausencia de documentos", "Faltan los documentos"),
    ("Vacation rental container", "hi"),
    ("Lu: contenedor", "x"),
    ("On leave from port", "The vessel is on leave from port"),
    ("Read: my thoughts", "Read this please"),
]


def _kind(subject: str, text: str, header: str = "") -> MessageKind:
    head = f"From: Pedro <pedro@textiles.example>\nTo: k@agencia.example\nSubject: {subject}\n{header}"
    types = "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    return read_message((head + types + text).encode()).kind


@pytest.mark.parametrize(("subject", "text"), _NOTES)
def test_an_automatic_answer_is_known_by_its_words(subject: str, text: str) -> None:
    assert _kind(subject, text) is MessageKind.AUTO_REPLY


@pytest.mark.parametrize("header", _HEADERS)
def test_an_automatic_answer_is_known_by_its_headers(header: str) -> None:
    assert _kind("Re: Aviso", "Hola, recibido.", f"{header}\n") is MessageKind.AUTO_REPLY


@pytest.mark.parametrize(("subject", "text"), _PERSONS)
def test_a_person_who_speaks_of_absence_or_receipt_is_a_person(subject: str, text: str) -> None:
    assert _kind(subject, text) is MessageKind.PERSON
