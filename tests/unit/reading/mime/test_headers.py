"""Headers as they are really sent, one line each: subjects, addresses, dates and names of files."""

import pytest

from mailbot.reading.parse import read_message

_SUBJECTS: list[tuple[bytes, str]] = [
    (b"=?utf-8?Q?Hola_mundo?=", "Hola mundo"),
    (b"=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
    (b"=?ISO-8859-1?Q?a?= b", "a b"),
    (b"=?ISO-8859-1?Q?a?=\n =?ISO-8859-1?Q?b?=", "ab"),
    (b"=?ISO-8859-1?Q?a_b?=", "a b"),
    (b"=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=", "a b"),
    (b"=?utf-8?B?SG9sYQ?=", "Hola"),
    (b"=?utf-8?B?SG9sYQ=?=", "Hola"),
    (b"=?utf-8?b?SG9s YQ==?=", "Hola"),
    (b"=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=", "café"),
    (b"=?utf-8?B?w6HDqcOtw7PD?= =?utf-8?B?ug==?=", "áéíóú"),
    (b"=?iso-2022-jp?B?GyRCJDMkcyRLJEEkTxsoQg==?=", "こんにちは"),
    (b"=?gb2312?B?xOO6ww==?=", "你好"),
    (b"=?GB18030?B?xOO6ww==?=", "你好"),
    (b"=?koi8-r?B?8NLJ18XU?=", "Привет"),
    (b"=?windows-1251?Q?=CF=F0=E8=E2=E5=F2?=", "Привет"),
    (b"=?cp1252?Q?=93Hi=94?=", "“Hi”"),
    (b"=?iso-8859-1?Q?=93Hi=94?=", "“Hi”"),
    (b"=?us-ascii?Q?caf=E9?=", "café"),
    (b"=?utf-8?Q?caf=E9?=", "café"),
    (b"=?UTF-8*EN?Q?Hi?=", "Hi"),
    (b"=?utf8?Q?caf=C3=A9?=", "café"),
    (b"=?unknown-8bit?Q?caf=C3=A9?=", "café"),
    (b"=?x-unknown?B?SG9sYQ==?=", "Hola"),
    (b"=?ks_c_5601-1987?B?vsiz5w==?=", "안녕"),
    (b"=?euc-kr?B?vsiz5w==?=", "안녕"),
    (b"=?iso-8859-8-i?B?+ezl7Q==?=", "שלום"),
    (b"=?utf-7?Q?Hi_+AOk-?=", "Hi é"),
    (b"=?utf-8?Q?=48ola=20mundo?=", "Hola mundo"),
    (b"=?utf-8?Q?Hola mundo?=", "Hola mundo"),
    (b"Re: =?utf-8?Q?=C3=A1?=x", "Re: áx"),
    (b"x=?utf-8?Q?=C3=A1?=", "xá"),
    (b"=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"),
    (b"=?utf-8?q?a?=,=?utf-8?q?b?=", "a,b"),
    (b'"=?utf-8?Q?a?="', '"a"'),
    (b"=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
    (b"=?utf-8?Q??=", ""),
    (b"=?utf-8?Q?100%?=", "100%"),
    (b"=?utf-8?Q?what??=", "what?"),
    (b"=?utf-8?Q?a?b?=", "a?b"),
    (b"caf\xc3\xa9", "café"),
    (b"caf\xe9", "café"),
    (b"a\n\tb", "a b"),
    (b"a\r\n b", "a b"),
    (b"  spaced  ", "spaced"),
    (b"=?utf-8?B?8J+YgA==?=", "😀"),
    (b"=?UTF-8?B?8J+?= =?UTF-8?B?YgA==?=", "😀"),
    (b"=?utf-8?Q?=F0=9F=98=80_hi?= there =?utf-8?Q?=C3=A9?=", "😀 hi there é"),
    (b"=?windows-1252?Q?Env=EDo_=96_urgente?=", "Envío – urgente"),
    (b"=?UTF-8?Q?Fwd:_[Ticket#1234]_=C3=81?=", "Fwd: [Ticket#1234] Á"),
    (b"=?iso-8859-15?Q?10_=A4?=", "10 €"),
    (b"=?shift_jis?B?g2WDWINn?=", "テスト"),
    (b"=?SHIFT-JIS?B?g2WDWINn?=", "テスト"),
    (b"=?cp932?B?h0A=?=", "①"),
    (b"=?iso-2022-jp?B?GyRCLSEbKEI=?=", "①"),
    (b"=?utf-8?B?SG9sYQ==?= (=?utf-8?Q?x?=)", "Hola (x)"),
    (b"=?utf-16?B?/v8ASABp?=", "Hi"),
    (b"=?utf-16le?B?SABpAA==?=", "Hi"),
    (
        b"=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\n =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
        "If you can read this you understand the example.",
    ),
    (b"=?utf-8?q?=5B?=x]", "[x]"),
    (b"=?utf-8?Q?a=5Fb?=", "a_b"),
    (b"=?utf-8?Q?no_end", "no end"),
    (b"=?UTF-8?Q?=E6=B5=8B=E8=AF=95?=\n\t=?UTF-8?Q?abc?=", "测试abc"),
    (b"=?DEFAULT?Q?caf=E9?=", "café"),
    (b"=?mac-roman?Q?caf=8E?=", "café"),
    (b"=?macintosh?Q?caf=8E?=", "café"),
]
_ADDRESSES: list[tuple[str, list[tuple[str, str]]]] = [
    ("Rosa <r@x.example>", [("Rosa", "r@x.example")]),
    ("r@x.example", [("", "r@x.example")]),
    ("<r@x.example>", [("", "r@x.example")]),
    ('"Quispe, Rosa" <r@x.example>', [("Quispe, Rosa", "r@x.example")]),
    ("r@x.example (Rosa Q)", [("Rosa Q", "r@x.example")]),
    ('"Rosa \\"Q\\"" <r@x.example>', [('Rosa "Q"', "r@x.example")]),
    ("=?utf-8?Q?Rosa_Qui=C3=B1e?= <r@x.example>", [("Rosa Quiñe", "r@x.example")]),
    ('"=?utf-8?Q?Rosa_Qui=C3=B1e?=" <r@x.example>', [("Rosa Quiñe", "r@x.example")]),
    ("=?utf-8?Q?Quispe=2C_Rosa?= <r@x.example>, b@x.example", [("Quispe, Rosa", "r@x.example"), ("", "b@x.example")]),
    ("=?utf-8?B?Um9zYQ==?= <r@x.example>", [("Rosa", "r@x.example")]),
    ("Grupo: a@x.example, B <b@x.example>;", [("", "a@x.example"), ("B", "b@x.example")]),
    ("undisclosed-recipients:;", []),
    ("Undisclosed recipients: ;", []),
    ("a@x.example; b@x.example", [("", "a@x.example"), ("", "b@x.example")]),
    ("a@x.example, , b@x.example,", [("", "a@x.example"), ("", "b@x.example")]),
    ("Rosa <r@x.example", [("Rosa", "r@x.example")]),
    ("Rosa <<r@x.example>>", [("Rosa", "r@x.example")]),
    ("Rosa < r@x.example >", [("Rosa", "r@x.example")]),
    ("Rosa @ X <r@x.example>", [("Rosa @ X", "r@x.example")]),
    ("Rosa [X] <r@x.example>", [("Rosa [X]", "r@x.example")]),
    ('"a b"@x.example', [("", '"a b"@x.example')]),
    ("r.@x.example", [("", "r.@x.example")]),
    ("r..q@docomo.example", [("", "r..q@docomo.example")]),
    ("<@r1,@r2:r@x.example>", [("", "r@x.example")]),
    ("Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", [("Pete", "pete@silly.test")]),
    ("Rosa <mailto:r@x.example>", [("Rosa", "r@x.example")]),
    ("Rosa\n <r@x.example>", [("Rosa", "r@x.example")]),
    ("Rosa Quispe\t<r@x.example>", [("Rosa Quispe", "r@x.example")]),
    ("", []),
    ("Ñandú <ñ@x.example>", [("Ñandú", "ñ@x.example")]),
    ("r@[192.0.2.1]", [("", "r@[192.0.2.1]")]),
    ("root@localhost", [("", "root@localhost")]),
    ("A.B. Rosa <r@x.example>", [("A.B. Rosa", "r@x.example")]),
    ('"" <r@x.example>', [("", "r@x.example")]),
    ("Rosa via Lista <l@x.example>", [("Rosa via Lista", "l@x.example")]),
    ("R@X.EXAMPLE", [("", "R@X.EXAMPLE")]),
    ("=?utf-8?Q?a?= =?utf-8?Q?b?= <r@x.example>", [("ab", "r@x.example")]),
    ("=?iso-8859-1?Q?Mar=EDa?= P. <m@x.example>", [("María P.", "m@x.example")]),
    ("a@x.example (=?utf-8?Q?Mar=C3=ADa?=)", [("María", "a@x.example")]),
    (
        "A Group:Chris Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;",
        [("Chris Jones", "c@a.test"), ("", "joe@where.test"), ("John", "jdoe@one.test")],
    ),
    ("(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;", []),
    (
        "Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>",
        [("Mary Smith", "mary@x.test"), ("", "jdoe@example.org"), ("Who?", "one@y.test")],
    ),
    (
        '<boss@nil.test>, "Giant; \\"Big\\" Box" <sysservices@example.net>',
        [("", "boss@nil.test"), ('Giant; "Big" Box', "sysservices@example.net")],
    ),
    ("'Rosa' <r@x.example>", [("Rosa", "r@x.example")]),
    ("Quispe, Rosa <r@x.example>", [("Quispe, Rosa", "r@x.example")]),
    ("a@x.example b@x.example", [("", "a@x.example"), ("", "b@x.example")]),
    ("Rosa r@x.example>", [("Rosa", "r@x.example")]),
    ("<Rosa <r@x.example>>", [("Rosa", "r@x.example")]),
    ("Rosa <SMTP:r@x.example>", [("Rosa", "r@x.example")]),
    ('"Rosa Quispe <r@x.example>', [("Rosa Quispe", "r@x.example")]),
    ("=?utf-8?Q?Rosa_<r=40x.example>?=", [("Rosa", "r@x.example")]),
]
_DATES: list[tuple[str, str]] = [
    ("Tue, 24 Nov 2026 10:00:00 -0500", "2026-11-24T15:00:00"),
    ("24 Nov 2026 10:00:00 -0500", "2026-11-24T15:00:00"),
    ("Tue, 24 Nov 2026 10:00 -0500", "2026-11-24T15:00:00"),
    ("Tue, 24 Nov 26 10:00:00 -0500", "2026-11-24T15:00:00"),
    ("Tue, 24 Nov 2026 10:00:00 EST", "2026-11-24T15:00:00"),
    ("Tue, 24 Nov 2026 10:00:00 GMT", "2026-11-24T10:00:00"),
    ("Tue, 24 Nov 2026 10:00:00 Z", "2026-11-24T10:00:00"),
    ("Tue, 24 Nov 2026 10:00:00 UT", "2026-11-24T10:00:00"),
    ("Tue, 24 Nov 2026 10:00:00 +0000 (UTC)", "2026-11-24T10:00:00"),
    ("Tue, 24 Nov 2026 10:00:00", "2026-11-24T10:00:00"),
    ("Tue Nov 24 10:00:00 2026", "2026-11-24T10:00:00"),
    ("Tue Nov 24 10:00:00 EST 2026", "2026-11-24T15:00:00"),
    ("Tue, 24 Nov 2026 10:00:00 -05:00", "2026-11-24T15:00:00"),
    ("2026-11-24 10:00:00", "2026-11-24T10:00:00"),
    ("2026-11-24T10:00:00Z", "2026-11-24T10:00:00"),
    ("2026-11-24T10:00:00-05:00", "2026-11-24T15:00:00"),
    ("Tue, 24-Nov-2026 10:00:00 -0500", "2026-11-24T15:00:00"),
    ("Tuesday, 24 November 2026 10:00:00 -0500", "2026-11-24T15:00:00"),
    ("Tue,24 Nov 2026 10:00:00 -0500", "2026-11-24T15:00:00"),
    ("Fri, 21 Nov 97 09:55:06 -0600", "1997-11-21T15:55:06"),
    ("Thu,      13   Feb    1969  23:32   -0330 (Newfoundland Time)", "1969-02-14T03:02:00"),
    ("Thu, 13 Feb 1969 23:32 -0330", "1969-02-14T03:02:00"),
    ("mar, 24 nov 2026 10:00:00 -0500", "2026-11-24T15:00:00"),
    ("Di, 24 Nov 2026 10:00:00 +0100", "2026-11-24T09:00:00"),
    ("Tue, 24 Nov 2026 10.00.00 -0500", "2026-11-24T15:00:00"),
    ("Tue, 24 Nov 2026 10:00:00 PDT", "2026-11-24T17:00:00"),
    ("Tue, 4 Nov 2026 1:02:03 +0000", "2026-11-04T01:02:03"),
    ("Tue, 24 Nov 102 10:00:00 +0000", "2002-11-24T10:00:00"),
    ("Tue, 24 Nov 2026 10:00:00 -0500 (hora de (Lima))", "2026-11-24T15:00:00"),
    ("Tue, 24 Nov 2026 10:00:00 +0900 (東京)", "2026-11-24T01:00:00"),
    ("Tue, 24 Nov 2026 10:00:00 ", "2026-11-24T10:00:00"),
    ("24/11/2026 10:00:00", "2026-11-24T10:00:00"),
    ("11/24/2026 10:00:00 AM", "2026-11-24T10:00:00"),
    ("Tue, 24 Nov 2026 10:00:00 CET", "2026-11-24T09:00:00"),
    ("Tue, 24 Nov 2026 10:00:00 PM -0500", "2026-11-25T03:00:00"),
    ("Tue, 24 Nov 2026 24:00:00 -0500", "2026-11-25T05:00:00"),
]
_NAMES: list[tuple[bytes, str]] = [
    (b'Content-Type: application/pdf; name="f.pdf"\nContent-Disposition: attachment; filename="f.pdf"', "f.pdf"),
    (b"Content-Type: application/pdf; name=f.pdf", "f.pdf"),
    (b"Content-Type: application/pdf\nContent-Disposition: attachment; filename=f g.pdf", "f g.pdf"),
    (
        b'Content-Type: application/pdf\nContent-Disposition: attachment; filename="=?utf-8?Q?caf=C3=A9.pdf?="',
        "café.pdf",
    ),
    (b"Content-Type: application/pdf\nContent-Disposition: attachment; filename==?utf-8?Q?caf=C3=A9.pdf?=", "café.pdf"),
    (
        b"Content-Type: application/pdf\n"
        b'Content-Disposition: attachment;\n filename="=?utf-8?Q?caf=C3=A9_?=\n =?utf-8?Q?dos.pdf?="',
        "café dos.pdf",
    ),
    (b"Content-Type: application/pdf\nContent-Disposition: attachment; filename*=utf-8''caf%C3%A9.pdf", "café.pdf"),
    (b"Content-Type: application/pdf\nContent-Disposition: attachment; filename*=UTF-8'es'caf%C3%A9.pdf", "café.pdf"),
    (b"Content-Type: application/pdf\nContent-Disposition: attachment; filename*=iso-8859-1''caf%E9.pdf", "café.pdf"),
    (b"Content-Type: application/pdf\nContent-Disposition: attachment; filename*=\"utf-8''caf%C3%A9.pdf\"", "café.pdf"),
    (b"Content-Type: application/pdf\nContent-Disposition: attachment; filename*=caf%C3%A9.pdf", "café.pdf"),
    (
        b'Content-Type: application/pdf\nContent-Disposition: attachment;\n filename*0="uno ";\n filename*1="dos.pdf"',
        "uno dos.pdf",
    ),
    (
        b"Content-Type: application/pdf\n"
        b"Content-Disposition: attachment;\n filename*0*=utf-8''caf%C3%A9%20;\n filename*1*=dos%20;"
        b"\n filename*2=tres.pdf",
        "café dos tres.pdf",
    ),
    (
        b"Content-Type: application/pdf\n"
        b"Content-Disposition: attachment;\n filename*1*=dos.pdf;\n filename*0*=utf-8''caf%C3%A9%20",
        "café dos.pdf",
    ),
    (
        b"Content-Type: application/pdf\n"
        b'Content-Disposition: attachment;\n filename*0="=?utf-8?Q?caf=C3=A9";\n filename*1=".pdf?="',
        "café.pdf",
    ),
    (
        b"Content-Type: application/pdf\n"
        b"Content-Disposition: attachment;\n filename*0*=utf-8''caf%C3;\n filename*1*=%A9.pdf",
        "café.pdf",
    ),
    (b'Content-Type: application/pdf\nContent-Disposition: attachment;\n filename*1="uno.pdf"', "uno.pdf"),
    (b'Content-Type: application/pdf; name="a.pdf"\nContent-Disposition: attachment; filename="b.pdf"', "b.pdf"),
    (b'Content-Type: application/pdf; name="a.pdf"\nContent-Disposition: attachment', "a.pdf"),
    (b'Content-Type: application/pdf; name="a.pdf"\nContent-Disposition: attachment; filename=""', "a.pdf"),
    (b"Content-Type: application/pdf; name*=utf-8''caf%C3%A9.pdf", "café.pdf"),
    (b'Content-Type: application/pdf; name="a\\"b.pdf"', 'a"b.pdf'),
    (b'Content-Type: application/pdf; name="C:\\dir\\f.pdf"', "f.pdf"),
    (b'Content-Type: application/pdf; name="f;g.pdf"', "f;g.pdf"),
    (b'Content-Type: application/pdf; name="caf\xe9.pdf"', "café.pdf"),
    (b'Content-Type: application/pdf; name="caf\xc3\xa9.pdf"', "café.pdf"),
    (b"Content-Type: application/pdf;name=f.pdf;", "f.pdf"),
    (b"Content-Type: application/pdf;; name=f.pdf", "f.pdf"),
    (b"Content-Type: application/pdf; NAME=F.PDF", "F.PDF"),
    (b'Content-Type: application/pdf; name = "f.pdf"', "f.pdf"),
    (b"Content-Type: application/pdf\nContent-Disposition: attachment; filename = f.pdf", "f.pdf"),
    (b'Content-Type: application/pdf\nContent-Disposition: attachment; filename="f.pdf', "f.pdf"),
    (b'Content-Type: application/pdf\nContent-Disposition: attachment; filename="f\n g.pdf"', "f g.pdf"),
    (
        b"Content-Type: application/pdf\n"
        b'Content-Disposition: attachment; filename="f.pdf"; size=123; creation-date="x; y"',
        "f.pdf",
    ),
    (b"Content-Disposition: attachment; filename=f.pdf", "f.pdf"),
    (b"Content-Type: application/octet-stream\nContent-Disposition: filename=f.pdf", "f.pdf"),
    (b'Content-Type: image/png\nContent-Disposition: inline; filename="i.png"\nContent-ID: <a@b>', "i.png"),
    (b'Content-Type: application/pdf; name="=?iso-8859-1?B?Y2Fm6S5wZGY=?="', "café.pdf"),
    (b'Content-Type: application/pdf; name="=?utf-8?B?5ris6Kmm?= =?utf-8?B?LnBkZg==?="', "測試.pdf"),
    (b'Content-Type: application/pdf; name="=?utf-8?B?5ris6Kmm?= x.pdf"', "測試 x.pdf"),
    (b'Content-Type: application/pdf; name="=?iso-2022-jp?B?GyRCJDMkcxsoQi5wZGY=?="', "こん.pdf"),
    (b'Content-Type: application/pdf; name="f.pdf" (comentario)', "f.pdf"),
    (b'Content-Type: application/pdf; charset=utf-8; name="f.pdf"; x-mac-type="1"', "f.pdf"),
    (
        b"Content-Type: application/pdf\nContent-Disposition: attachment; filename=\"a.pdf\"; filename*=utf-8''b.pdf",
        "b.pdf",
    ),
    (
        b"Content-Type: application/pdf\nContent-Disposition: attachment; filename*=utf-8''b.pdf; filename=\"a.pdf\"",
        "b.pdf",
    ),
    (b'Content-Type: application/pdf\nContent-Disposition: attachment; filename="f  g.pdf"', "f  g.pdf"),
    (
        b"Content-Type: application/pdf\n"
        b"Content-Disposition: attachment; filename*0*=utf-8''%E6%B8%AC; filename*1*=%E8%A9%A6.pdf",
        "測試.pdf",
    ),
    (
        b"Content-Type: application/pdf\n"
        b'Content-Disposition: attachment; filename*0*="utf-8\'\'%E6%B8%AC"; filename*1*="%E8%A9%A6.pdf"',
        "測試.pdf",
    ),
    (
        b"Content-Type: application/pdf\n"
        b'Content-Disposition: attachment; filename="=?UTF-8?Q?Factura=20N=C2=B0=201.pdf?="',
        "Factura N° 1.pdf",
    ),
    (b'Content-Type: application/pdf\nContent-Disposition: attachment; filename="=?UTF-8?Q?a=5Fb.pdf?="', "a_b.pdf"),
    (b"Content-Type: application/pdf\nContent-Disposition: attachment; filename=a=b.pdf", "a=b.pdf"),
    (b"Content-Type: application/pdf\nContent-Disposition: attachment; filename=[1].pdf", "[1].pdf"),
    (b"Content-Type: application/pdf\nContent-Disposition: attachment; filename=f.pdf\r", "f.pdf"),
]


def _head(line: bytes) -> bytes:
    return b"From: a@b.example\n" + line + b"\n\nhola\n"


@pytest.mark.parametrize(("raw", "subject"), _SUBJECTS)
def test_a_subject_is_read_in_whatever_form_it_is_sent(raw: bytes, subject: str) -> None:
    assert read_message(_head(b"Subject: " + raw)).subject == subject


@pytest.mark.parametrize(("raw", "people"), _ADDRESSES)
def test_addresses_are_read_in_whatever_form_they_are_sent(raw: str, people: list[tuple[str, str]]) -> None:
    read = read_message(_head(f"To: {raw}".encode())).to
    assert [(address.name, address.address) for address in read] == people


@pytest.mark.parametrize(("raw", "instant"), _DATES)
def test_a_date_is_read_in_whatever_form_it_is_sent(raw: str, instant: str) -> None:
    date = read_message(_head(f"Date: {raw}".encode())).date
    assert date is not None
    assert date.strftime("%Y-%m-%dT%H:%M:%S") == instant


@pytest.mark.parametrize(("headers", "name"), _NAMES)
def test_a_file_keeps_the_name_it_was_given(headers: bytes, name: str) -> None:
    raw = (
        b"From: a@b.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n--B\n"
        b"Content-Type: text/plain\n\nhola\n--B\n"
        + headers
        + b"\nContent-Transfer-Encoding: base64\n\nSG9sYQ==\n--B--\n"
    )
    assert [file.name for file in read_message(raw).attachments] == [name]
