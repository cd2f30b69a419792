"""Mails sent on in the text are opened in every language and layout: author, subject, date, text."""

import pytest

from mailbot.reading.parse import read_message

# From, date (Apple, Thunderbird, Gmail), sent (Outlook, Yahoo), subject, to.
_LABELS = {
    "ar": ("من", "التاريخ", "تم الإرسال", "الموضوع", "إلى"),
    "bg": ("От", "Дата", "Изпратено", "Относно", "До"),
    "ca": ("De", "Data", "Enviat", "Assumpte", "Per a"),
    "cs": ("Od", "Datum", "Odesláno", "Předmět", "Komu"),
    "da": ("Fra", "Dato", "Sendt", "Emne", "Til"),
    "de": ("Von", "Datum", "Gesendet", "Betreff", "An"),
    "el": ("Από", "Ημερομηνία", "Στάλθηκε", "Θέμα", "Προς"),
    "en": ("From", "Date", "Sent", "Subject", "To"),
    "es": ("De", "Fecha", "Enviado", "Asunto", "Para"),
    "et": ("Saatja", "Kuupäev", "Saadetud", "Teema", "Adressaat"),
    "fi": ("Lähettäjä", "Päivämäärä", "Lähetetty", "Aihe", "Vastaanottaja"),
    "fr": ("De", "Date", "Envoyé", "Objet", "À"),
    "he": ("מאת", "תאריך", "נשלח", "נושא", "אל"),
    "hr": ("Šalje", "Datum", "Poslano", "Naslov", "Za"),
    "hu": ("Feladó", "Dátum", "Elküldve", "Tárgy", "Címzett"),
    "id": ("Dari", "Tanggal", "Terkirim", "Perihal", "Kepada"),
    "it": ("Da", "Data", "Inviato", "Oggetto", "A"),
    "ja": ("差出人", "日付", "送信日時", "件名", "宛先"),
    "ko": ("보낸 사람", "날짜", "보낸 날짜", "제목", "받는 사람"),
    "lt": ("Nuo", "Data", "Išsiųsta", "Tema", "Kam"),
    "lv": ("No", "Datums", "Nosūtīts", "Temats", "Kam"),
    "nl": ("Van", "Datum", "Verzonden", "Onderwerp", "Aan"),
    "no": ("Fra", "Dato", "Sendt", "Emne", "Til"),
    "pl": ("Od", "Data", "Wysłane", "Temat", "Do"),
    "pt": ("De", "Data", "Enviado", "Assunto", "Para"),
    "ro": ("De la", "Dată", "Trimis", "Subiect", "Către"),
    "ru": ("От", "Дата", "Отправлено", "Тема", "Кому"),
    "sk": ("Od", "Dátum", "Odoslané", "Predmet", "Komu"),
    "sl": ("Od", "Datum", "Poslano", "Zadeva", "Za"),
    "sr": ("Шаље", "Датум", "Послато", "Наслов", "Прима"),
    "sv": ("Från", "Datum", "Skickat", "Ämne", "Till"),
    "th": ("จาก", "วันที่", "ส่ง", "เรื่อง", "ถึง"),
    "tr": ("Kimden", "Tarih", "Gönderildi", "Konu", "Kime"),
    "uk": ("Від кого", "Дата", "Відправлено", "Тема", "Кому"),
    "vi": ("Từ", "Ngày", "Đã gửi", "Chủ đề", "Đến"),
    "zh": ("发件人", "日期", "发送时间", "主题", "收件人"),
}
_AUTHOR = "Rosa Quispe <rosa@textiles.example>"
_SUBJECT = "Hi: the (new) list"
_DATE = "3. 3. 2026 18:02:11"
_TO = "Karina <k@agencia.example>, Otro Nombre Largo <otro@agencia.example>,\n Tercero <t@agencia.example>"
_BODY = "Dear colleague,\n\nwe did not get the papers yet.\n\nRegards\nRosa"
_MARKERS = (
    "---------- Forwarded message ---------",
    "Begin forwarded message:",
    "-------- Mensaje reenviado --------",
    "Inicio del mensaje reenviado:",
    "-------- Weitergeleitete Nachricht --------",
    "Anfang der weitergeleiteten E\u2011Mail:",
    "Début du message réexpédié :",
    "Inizio messaggio inoltrato:",
    "Início da mensagem reencaminhada:",
    "Begin doorgestuurd bericht:",
    "Vidarebefordrat brev:",
    "Start på videresendt besked:",
    "Välitetty viesti alkaa:",
    "-------- Treść przekazanej wiadomości --------",
    "Začátek přeposílané zprávy:",
    "Začiatok preposielanej správy:",
    "Továbbított levél kezdete:",
    "Începutul mesajului redirecționat:",
    "İletilmiş mesajın başlangıcı:",
    "Начало переадресованного сообщения:",
    "Початок листа, що пересилається:",
    "以下是转发的邮件：",
    "開始轉寄郵件：",
    "転送されたメッセージ:",
    "전달된 메시지:",
    "----- Forwarded by Karina/ORG on 03/03/2026 07:02 PM -----",
)


def _mail(text: str) -> bytes:
    head = (
        f"From: Karina <k@agencia.example>\nTo: z@agencia.example\nSubject: Fwd: {_SUBJECT}\n"
        "Message-ID: <1@agencia.example>\n"
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    )
    return (head + text).encode()


def _blocks(language: str) -> dict[str, str]:
    author, dated, sent, subject, to = _LABELS[language]
    return {
        "apple": f"{author}: {_AUTHOR}\n{subject}: {_SUBJECT}\n{dated}: {_DATE}\n{to}: {_TO}\n",
        "thunderbird": f"{subject}: \t{_SUBJECT}\n{dated}: \t{_DATE}\n{author}: \t{_AUTHOR}\n{to}: \t{_TO}\n",
        "gmail": f"{author}: {_AUTHOR}\n{dated}: {_DATE}\n{subject}: {_SUBJECT}\n{to}: {_TO}\n",
        "outlook": f"{author}: {_AUTHOR}\n{sent}: {_DATE}\n{to}: {_TO}\n{subject}: {_SUBJECT}\n",
        "bold": f"*{author}:* {_AUTHOR}\n*{sent}:* {_DATE}\n*{to}:* {_TO}\n*{subject}:* {_SUBJECT}\n",
        "spaced": f"{author} : {_AUTHOR}\n{sent} : {_DATE}\n{to} : {_TO}\n{subject} : {_SUBJECT}\n",
    }


@pytest.mark.parametrize("language", _LABELS)
def test_a_mail_sent_on_is_opened_in_the_languages_of_mail_programs(language: str) -> None:
    for block in _blocks(language).values():
        pasted = f"{block}\n{_BODY}"
        for text in (pasted, "\n".join(f"> {line}" for line in pasted.split("\n"))):
            message = read_message(_mail(f"FYI\n\n{text}"))
            assert message.new_text == "FYI"
            first = message.forwarded[0]
            assert (first.sender, first.subject, first.date) == (_AUTHOR, _SUBJECT, _DATE)
            assert first.text.split() == _BODY.split()


@pytest.mark.parametrize("marker", _MARKERS)
def test_the_line_above_a_mail_sent_on_is_no_text_of_the_sender(marker: str) -> None:
    message = read_message(_mail(f"{marker}\n\n{_blocks('en')['apple']}\n{_BODY}"))
    assert (message.new_text, message.forwarded[0].sender) == ("", _AUTHOR)


@pytest.mark.parametrize(
    "block",
    [
        f'From "Rosa Quispe" <rosa@textiles.example>\nTo "K" <k@agencia.example>\nDate {_DATE}\nSubject {_SUBJECT}\n',
        f"{_AUTHOR}\n03/03/2026 06:02 PM\n\nTo\nKarina <k@agencia.example>\ncc\n\nSubject\n{_SUBJECT}\n",
        f"From:\n{_AUTHOR}\nSent:\n{_DATE}\nTo:\nKarina\nSubject:\n{_SUBJECT}\n",
    ],
    ids=["without-colons", "without-labels", "one-below-the-other"],
)
def test_header_blocks_of_rarer_layouts_are_opened_too(block: str) -> None:
    message = read_message(_mail(f"FYI\n\n{block}\n{_BODY}"))
    first = message.forwarded[0]
    assert (message.new_text, first.sender, first.subject) == ("FYI", _AUTHOR, _SUBJECT)
    assert first.text.split() == _BODY.split()
