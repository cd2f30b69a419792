"""What mail programs of many languages put around a reply is cut off it, and nothing else is.

The lines stand in the text files beside this one: attributions, header blocks, drawn rules, device lines, signatures.
"""

from pathlib import Path

import pytest

from mailbot.reading.replies.split import split_reply

_FOLDER = Path(__file__).parent
_OWN = "Gracias, con eso está todo conforme.\n\nPagamos el lunes."
_EARLIER = [
    "Dear colleague,",
    "we did not get the papers yet. Please send them",
    "today.",
    "",
    "Regards",
    "Rosa Quispe",
]
_SENDER = "Karina Velarde <kvelarde@agencia.example>"


def _lines(name: str) -> list[str]:
    return (_FOLDER / name).read_text(encoding="utf-8").rstrip("\n").split("\n")


def _blocks(name: str) -> list[str]:
    return (_FOLDER / name).read_text(encoding="utf-8").rstrip("\n").split("\n#\n")


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


@pytest.mark.parametrize("line", _lines("attributions.txt"))
def test_what_stands_below_an_attribution_is_earlier_mail(line: str) -> None:
    earlier = "\n".join(_EARLIER)
    for below in (_quoted(earlier), earlier, f"\n{_quoted(earlier)}"):
        assert split_reply(f"{_OWN}\n\n{line}\n{below}", sender=_SENDER).new_text == _OWN


@pytest.mark.parametrize("block", _blocks("header_blocks.txt"))
def test_what_stands_below_a_header_block_is_earlier_mail(block: str) -> None:
    earlier = "\n".join(["", *_EARLIER])
    rule = "_" * 32
    for tail in (
        f"\n{block}{earlier}",
        f"\n{_quoted(block + earlier)}",
        f"\n{rule}\n{block}{earlier}",
        block + earlier,
    ):
        assert split_reply(f"{_OWN}\n{tail}", sender=_SENDER).new_text == _OWN


@pytest.mark.parametrize("rule", _lines("rules.txt"))
def test_what_stands_below_a_rule_of_a_mail_program_is_earlier_mail(rule: str) -> None:
    headers = "From: Rosa Quispe <rosa@textiles.example>\nSent: Tuesday\nSubject: RE: x\n\n"
    for below in ("\n".join(_EARLIER), headers + "\n".join(_EARLIER)):
        assert split_reply(f"{_OWN}\n\n{rule}\n{below}", sender=_SENDER).new_text == _OWN


@pytest.mark.parametrize("line", _lines("device_lines.txt"))
def test_the_line_of_a_phone_or_program_is_no_text_of_the_sender(line: str) -> None:
    split = split_reply(
        f"{_OWN}\n\n{line}\n\nOn Tue, Mar 3, 2026 Rosa <rosa@textiles.example> wrote:\n> x", sender=_SENDER
    )
    assert (split.new_text, split.signature) == (_OWN, line)


@pytest.mark.parametrize("signature", _blocks("signatures.txt"))
def test_a_signature_in_any_language_is_told_from_the_text(signature: str) -> None:
    split = split_reply(f"{_OWN}\n\n{signature}", sender=_SENDER)
    assert (split.new_text, split.signature) == (_OWN, "\n".join(map(str.rstrip, signature.split("\n"))))


@pytest.mark.parametrize(
    "text",
    [
        "On your remote host you can run:\n\n    telnet 127.0.0.1 52698\n\nThis should connect.",
        "My points:\n\n- one thing\n\n- another thing",
        "Just so you know, on Tuesday Bob wrote:\nI will not come.",
        'As Rosa wrote on 3/3/2026:\n\n"We pay on Friday."\n\nI think they will.',
        "I sent this on 3 March 2026 at 18:02 to rosa@textiles.example:\n\nThe box is broken.",
        "From: Callao\nTo: Miami\nDate: 3 March\n\nThese are the details of the shipment to quote.",
        "Please change this:\nTo: Miami instead of Callao\nSubject: to approval",
        "The first section.\n\n---\n\nThe second section is longer, and no signature at all, is it?",
        "Message sent from my phone\n\nThanks for that.",
        "Sent via DHL yesterday\n\nPlease confirm the arrival.",
        "It is ready.\n\nKarina\n\nPS: bring the papers!",
        "Here is the log:\n\n-----\n2026-03-03 18:02 error\n-----\n\nCan you check?",
        "From: the beginning I thought it was wrong.\n\nDo you agree?",
        "Hello Jamie\n\nI think on July 3 you wrote: nothing.",
        "Datos del embarque:\n\nDe: Shanghai\nPara: Callao\nFecha: 3 de marzo\n\nQuedo atento a la cotización.",
        "Try this:\n\n```\n> select 1;\n-----Original Message-----\n```\n\nIt worked for me.",
        "The diff is:\n\n3c3\n< old line\n---\n> new line\n\nPlease apply it to the server.",
        "I ran this:\n\n> git pull\n> git push\n\nand the build is green now.",
        "SQL> select 1 from dual;\nSQL> exit\n\nThat is all I typed there.",
        "Go to Inicio> Archivo once and tell me what you see.",
        "Items:\n\n- one\n- two\n--\n- three\n\nWhat do you think of them?",
        "My answer stands above your text, on the first line of the sheet.\n\nIs that clear?",
    ],
    ids=lambda text: str(text)[:20],
)
def test_a_senders_own_sentences_are_kept_whole(text: str) -> None:
    assert split_reply(text, sender=_SENDER).new_text == text


@pytest.mark.parametrize("sign", ["RQ> ", "  Rosa> ", "| ", ": ", "} ", "> "])
def test_lines_behind_a_sign_are_quoted_without_an_attribution_too(sign: str) -> None:
    text = f"{sign}Is it ready?\n{sign}And the bill?\n\nYes, both.\n\n-- \nKarina"
    split = split_reply(text, sender=_SENDER)
    assert (split.new_text, split.signature) == ("Yes, both.", "--\nKarina")


def test_an_answer_below_an_indented_quotation_is_the_senders() -> None:
    text = "Rosa Quispe wrote on 3 Mar 2026:\n\n    Is it ready?\n    And the bill?\n\nYes, both."
    assert split_reply(text, sender=_SENDER).new_text == "Yes, both."


def test_an_answer_below_an_original_message_that_is_wholly_marked_is_the_senders() -> None:
    head = "----- Original Message -----\nFrom: Rosa\nSent: Tuesday\nSubject: x\n\n"
    assert split_reply(f"{head}> Is it ready?\n\nYes.", sender=_SENDER).new_text == "Yes."
    assert split_reply(f"{head}Is it ready?\n\nYes.", sender=_SENDER).new_text == ""


@pytest.mark.parametrize("bar", ["> ", "| "], ids=["sign", "bar"])
def test_answers_between_and_below_quoted_lines_are_the_senders(bar: str) -> None:
    text = f"On Tue, Mar 3, 2026 Rosa wrote:\n{bar}Is it ready?\n\nYes.\n\n{bar}And the bill?\n\nTomorrow."
    if bar == "| ":
        text = text.replace("| And the bill?\n\n", "")
    assert split_reply(text, sender=_SENDER).new_text == "Yes.\n\nTomorrow."


@pytest.mark.parametrize("line", ["Sent from my iPhone", "Regards,\nKarina", "-----", "Aviso de confidencialidad"])
def test_a_line_repeated_without_end_is_read_all_the_same(line: str) -> None:
    split = split_reply(f"{_OWN}\n\n" + f"{line}\n" * 5000, sender=_SENDER)
    assert split.new_text.startswith(_OWN)
