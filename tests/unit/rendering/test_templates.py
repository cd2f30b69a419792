import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mailbot.domain.contexts import NoticeContext, ReminderContext
from mailbot.domain.errors import TemplateBroken
from mailbot.domain.office import Language
from mailbot.ports.renderer import Rendered
from mailbot.rendering.filters import has_endless_word
from mailbot.rendering.templates import TemplateRenderer
from mailbot.shipped import templates_folder
from tests.unit.rendering.samples import (
    ALERT,
    DIGEST,
    LATE,
    LETTERS,
    NOW,
    OFFICE,
    REPLY,
    SAMPLES,
    SUMMARY,
    distorted,
)

# Any but one that goes with the mail, under a name that we gave it.
FOREIGN_PICTURE = re.compile(r'<img\b(?![^<>]* src="cid:[a-z]+\.[0-9a-f]{20}@mailbot"[^<>]*>)')
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> \"' {{ 7*7 }} {% raw %} http://malo.example/a"


@pytest.fixture(scope="module")
def renderer() -> TemplateRenderer:
    return TemplateRenderer([templates_folder()])


@pytest.fixture(scope="module")
def mails(renderer: TemplateRenderer) -> dict[str, Rendered]:
    """Every sample, written once."""
    return {name: renderer.render(context) for name, context in SAMPLES.items()}


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_gives_a_whole_mail_without_remote_content(mails: dict[str, Rendered], name: str) -> None:
    mail = mails[name]

    assert "\n" not in mail.subject
    assert mail.subject == mail.subject.strip() != ""
    assert mail.text.strip()
    assert mail.html.startswith("<!DOCTYPE html>")
    assert mail.warnings == ()
    assert not FOREIGN_PICTURE.search(mail.html)
    assert not re.search(r"<(link|script|iframe|form)\b|url\(|@import|src=(?!\"cid:)", mail.html)
    assert "<a " not in mail.html


def test_the_same_context_gives_the_same_bytes(mails: dict[str, Rendered]) -> None:
    another = TemplateRenderer([templates_folder()])

    assert {name: another.render(context) for name, context in SAMPLES.items()} == mails


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_looks_like_its_senders_own(mails: dict[str, Rendered], name: str) -> None:
    letter = mails[name]
    assert "<style" not in letter.html
    assert "mailbot" not in (letter.text + letter.html).lower()
    assert letter.text.rstrip().endswith(f"Rosa Quispe\n{OFFICE}")


@pytest.mark.parametrize("name", [name for name in SAMPLES if name not in LETTERS])
def test_styles_are_inlined_and_only_media_rules_stay(mails: dict[str, Rendered], name: str) -> None:
    html = mails[name].html

    assert re.search(r'<td class="head[^"]*" style="[^"]*padding: 22px 26px 6px', html)
    sheet = html.split("<style>")[1].split("</style>")[0]
    assert sheet.lstrip().startswith("@media")
    assert html.index('<meta charset="utf-8">') < html.index("<style>")


@pytest.mark.parametrize("name", SAMPLES)
def test_plain_text_has_no_markup_and_no_gaping_holes(mails: dict[str, Rendered], name: str) -> None:
    text = mails[name].text

    assert "\n\n\n" not in text
    assert not re.search(r"</?(td|p|tr|span)\b|&amp;|&lt;", text)
    assert not any(line != line.rstrip() for line in text.split("\n"))


def test_a_reminder_says_first_when_it_is_due(mails: dict[str, Rendered]) -> None:
    mail = mails["reminder"]

    assert mail.subject == ("Por vencer 11:00: respuesta al cliente · orden 2026-004512 · Textiles Andinos S.A.C.")
    assert mail.text.index("vie 24/07 11:00 (en 24 min)") < mail.text.index("Respuesta al cliente")
    assert "2 h hábiles: vie 24/07 11:00." in mail.text


def test_an_alert_tells_sender_dispatch_words_stakes_and_deadline(mails: dict[str, Rendered]) -> None:
    mail = mails["alert"]

    for page in (mail.text, mail.html.replace("&lt;", "<")):
        for told in (
            "apoma@quimicosrimac.example",
            "2026-004488",
            "nadie nos informó",
            "sobreestadía",
            "USD 1,250",
            "lun 27/07",
        ):
            assert told in page
    assert "reportar hasta lun 27/07 10:36" in mail.subject


def test_a_notice_tells_head_items_from_reminders(mails: dict[str, Rendered]) -> None:
    mail = mails["notice-head"]

    assert mail.text.index("VENCIDOS (2)") < mail.text.index("POR VENCER (1)")
    assert "[Jefatura]" in mail.text


@pytest.mark.parametrize(
    ("sample", "answers"),
    [
        pytest.param("ask-complaint", ("sí ", "no "), id="complaint"),
        pytest.param("ask-label", ("sí ", "no "), id="label"),
        pytest.param("ask-dispatch", ("1   2026-004519", "2   2025-004519", "orden 2026-004512"), id="dispatch"),
    ],
)
def test_a_question_is_answered_by_one_line(mails: dict[str, Rendered], sample: str, answers: tuple[str, ...]) -> None:
    text = mails[sample].text

    assert all(f"\n  {answer}" in text for answer in answers)


def test_a_doubtful_label_is_asked_by_its_name(mails: dict[str, Rendered]) -> None:
    assert mails["ask-label"].subject == "¿Hay sobreestadía que reportar? · Devolución del vacío"


def test_a_digest_speaks_the_clients_language(renderer: TemplateRenderer) -> None:
    spanish = renderer.render(DIGEST)
    table = replace(DIGEST.table, language=Language.EN)
    english = renderer.render(replace(DIGEST, table=table), language=Language.EN)

    assert "Status de sus despachos" in spanish.html
    assert "Para avanzar necesitamos de usted" in spanish.html
    assert "Status of your shipments" in english.html
    assert "insurance policy" in english.html
    assert "Released on" in english.html


@pytest.mark.parametrize("name", sorted({context.template for context in SAMPLES.values()}))
def test_every_mail_can_be_written_to_somebody_who_reads_english(renderer: TemplateRenderer, name: str) -> None:
    assert renderer.render(SAMPLES.get(name) or SAMPLES[f"{name}-complaint"], language=Language.EN).subject


@pytest.mark.parametrize("name", ["reminder", "notice-head", "alert-others", "agenda"])
def test_nobody_is_asked_to_answer_where_no_answer_is_read(mails: dict[str, Rendered], name: str) -> None:
    deaf = TemplateRenderer([templates_folder()], reads_answers=False).render(SAMPLES[name])

    assert "atendido" in mails[name].text
    assert not re.search("responda|atendido", deaf.text + deaf.html, re.IGNORECASE)


def test_hostile_text_is_shown_and_never_runs(renderer: TemplateRenderer) -> None:
    item = replace(REPLY, subject=HOSTILE, client=HOSTILE, asker=HOSTILE, excerpt=HOSTILE, owner=HOSTILE)
    alert = replace(ALERT, item=item, words=(HOSTILE,), amounts=(HOSTILE,))
    contexts = (
        ReminderContext(recipient=HOSTILE, now=NOW, items=(item,), office=HOSTILE),
        NoticeContext(recipient=HOSTILE, now=NOW, items=(item,)),
        replace(SUMMARY, alerts=(alert,), breached=(item,)),
        replace(SAMPLES["alert"], alerts=(alert,)),
        replace(DIGEST, client=HOSTILE),
    )

    for context in contexts:
        html = renderer.render(context).html
        assert "<script" not in html
        assert not FOREIGN_PICTURE.search(html)
        assert "&lt;script&gt;" in html
        assert "{{ 7*7 }}" in html


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", SAMPLES)
def test_no_text_in_any_mail_runs_links_or_breaks_a_header(
    renderer: TemplateRenderer, name: str, language: Language
) -> None:
    hostile = distorted(SAMPLES[name], lambda text: f"{HOSTILE}\r\nBcc: victima@malo.example\r\n\r\n{text}\u202e\x07")

    mail = renderer.render(hostile, language=language)

    assert not re.search(r"[\r\n\x00-\x1f\u202e]", mail.subject)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e]", mail.text + mail.html)
    assert not re.search(r"<(script|a|link|iframe|form)\b", mail.html)
    assert not FOREIGN_PICTURE.search(mail.html)
    # Neither what mail programs would make a link of by themselves.
    assert not re.search(r"http://|malo\.example/a", mail.subject + mail.text + mail.html)
    assert "{{ 7*7 }}" in mail.html


@pytest.mark.parametrize("change", [lambda text: "", lambda text: "w" * 4000], ids=["empty", "endless"])
@pytest.mark.parametrize("name", SAMPLES)
def test_empty_and_endless_texts_give_whole_mails(
    renderer: TemplateRenderer, name: str, change: Callable[[str], str]
) -> None:
    mail = renderer.render(distorted(SAMPLES[name], change))

    assert mail.subject.strip()
    assert len(mail.subject) <= 180
    assert "\n\n\n" not in mail.text
    assert not re.search(r"(^|[(·:]) *· *$|\(\)|: *$\n *$", mail.subject)


def test_words_agree_with_their_number(renderer: TemplateRenderer, mails: dict[str, Rendered]) -> None:
    for page in (mails["reminder-several"].text, mails["reminder-several"].html):
        assert "están por vencer y siguen pendientes" in page
    two = renderer.render(replace(SAMPLES["notice"], items=(LATE, replace(LATE, obligation="O-2", number=2))))
    assert "se cumplieron estos plazos" in two.text
    assert "siguen sin atenderse" in mails["notice-head"].text
    agenda = re.sub(r"<[^>]+>", " ", mails["agenda"].html)
    assert re.search(r"1\s+vencido\s+2\s+para hoy\s+2\s+preguntas\s+1\s+espera al cliente", agenda)


def test_an_agenda_says_that_a_line_is_answered_by_its_number(mails: dict[str, Rendered]) -> None:
    for page in (mails["agenda"].text, re.sub(r"<[^>]+>", "", mails["agenda"].html)):
        assert "Ponga delante el número de la línea: 2 atendido" in page


def test_a_report_tells_met_missed_and_excused_of_each_client_with_the_evidence(mails: dict[str, Rendered]) -> None:
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", mails["report"].html))

    assert "Cliente Cumplidos Incumplidos Excusados A tiempo" in page
    assert "Textiles Andinos S.A.C. Lucía Ramos 20 2 1 90 %" in page
    for told in (page, mails["report"].text):
        assert "espondió Lucía Ramos" in told
        assert re.search("se pidió al cliente: la póliza de seguro", told, re.IGNORECASE)


def test_an_endless_word_may_be_broken_and_an_order_may_not() -> None:
    assert has_endless_word("contenedores MSCU1234565;TCLU7654321;CSQU3054383")
    assert not has_endless_word("118-2026-10-084512 / Cusco Express 226W")


def test_a_subject_cannot_inject_a_header(renderer: TemplateRenderer) -> None:
    item = replace(REPLY, client="Malo\r\nBcc: victima@malo.example\r\n\r\nhola", order="2026-1\nX: y")

    subject = renderer.render(ReminderContext(recipient="Ana", now=NOW, items=(item,))).subject

    assert not re.search(r"[\r\n\x00-\x1f]", subject)


def test_lone_surrogates_and_turning_marks_do_not_reach_a_mail(renderer: TemplateRenderer) -> None:
    item = replace(REPLY, subject="factura\u202efdp.exe \udcff fin\x07", excerpt="a\u2066b")

    mail = renderer.render(ReminderContext(recipient="Ana", now=NOW, items=(item,)))

    assert (mail.subject + mail.text + mail.html).encode("utf-8")
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x07]", mail.text + mail.html)


def test_an_endless_subject_is_cut(renderer: TemplateRenderer) -> None:
    item = replace(REPLY, client="x" * 5000, subject="y" * 5000)

    mail = renderer.render(ReminderContext(recipient="Ana", now=NOW, items=(item,)))

    assert len(mail.subject) <= 180
    assert "y" * 200 not in mail.text


def write(folder: Path, name: str, content: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def test_an_offices_own_template_comes_first(tmp_path: Path) -> None:
    write(tmp_path, "reminder/subject.txt", "OJO {{ mail.recipient }}")

    mail = TemplateRenderer([tmp_path, templates_folder()]).render(SAMPLES["reminder"])

    assert mail.subject == "OJO Lucía Ramos"
    assert "Responda a este correo" in mail.html
    assert mail.warnings == ()


@pytest.mark.parametrize(
    ("part", "content", "fault"),
    [
        pytest.param("subject.txt", "{{ mail.recipient", "subject.txt", id="syntax"),
        pytest.param("body.txt", "{{ mail.nombre }}", "nombre", id="unknown-field"),
        pytest.param("body.html", "{% include 'nada.html' %}", "nada.html", id="missing-include"),
        pytest.param("body.txt", "{{ 1 / 0 }}", "division", id="arithmetic"),
        pytest.param("body.txt", "{{ mail.recipient + 1 }}", "body.txt", id="types"),
        pytest.param("body.txt", "{{ ''.__class__.__mro__ }}", "__class__", id="sandbox"),
        pytest.param("body.txt", "{% for n in range(9999999) %}x{% endfor %}", "body.txt", id="too-long-a-loop"),
    ],
)
def test_a_broken_override_makes_way_for_ours_and_is_told(tmp_path: Path, part: str, content: str, fault: str) -> None:
    write(tmp_path, f"reminder/{part}", content)

    mail = TemplateRenderer([tmp_path, templates_folder()]).render(SAMPLES["reminder"])

    assert mail.subject.startswith("Por vencer 11:00")
    assert len(mail.warnings) == 1
    assert fault in mail.warnings[0]


def test_a_broken_shared_layout_of_the_office_makes_way_too(tmp_path: Path) -> None:
    write(tmp_path, "_base/layout.html", "{% block")

    mail = TemplateRenderer([tmp_path, templates_folder()]).render(SAMPLES["notice"])

    assert mail.html.startswith("<!DOCTYPE html>")
    assert "layout.html" in mail.warnings[0]


def test_a_folder_that_is_not_there_is_no_fault(tmp_path: Path) -> None:
    mail = TemplateRenderer([tmp_path / "nada", templates_folder()]).render(SAMPLES["notice"])

    assert mail.warnings == ()


def test_a_fault_in_the_last_folder_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, "reminder/subject.txt", "{{ mail.nada }}")

    with pytest.raises(TemplateBroken, match="nada"):
        TemplateRenderer([tmp_path]).render(SAMPLES["reminder"])


def test_a_check_names_the_faults_of_overrides_before_any_mail(tmp_path: Path) -> None:
    write(tmp_path, "reminder/subject.txt", "{% if %}")
    write(tmp_path, "notice/body.txt", "{{ mail.recipient }}")
    write(tmp_path, "notise/body.txt", "hola")
    write(tmp_path, "_base/firma.txt", "Saludos")
    (tmp_path / "agenda").mkdir()
    (tmp_path / "agenda" / "subject.txt").write_bytes("acción".encode("latin-1"))

    faults = TemplateRenderer([tmp_path, templates_folder()]).check()

    assert len(faults) == 3
    assert faults[0].startswith("plantilla agenda/subject.txt")
    assert faults[1] == "plantilla notise/body.txt: ningún correo usa ese nombre"
    assert faults[2].startswith("plantilla reminder/subject.txt, línea 1")


def test_our_own_templates_have_no_faults() -> None:
    assert TemplateRenderer([templates_folder(), templates_folder()]).check() == ()


def test_an_english_override_holds_for_english_readers_alone(tmp_path: Path) -> None:
    write(tmp_path, "digest/en/subject.txt", "Hello {{ mail.client }}")
    renderer = TemplateRenderer([tmp_path, templates_folder()])

    assert renderer.render(DIGEST, language=Language.EN).subject == "Hello Textiles Andinos S.A.C."
    assert renderer.render(DIGEST).subject.startswith("Status de sus despachos")


def test_importing_the_renderer_loads_no_heavy_library() -> None:
    code = "import sys, mailbot.rendering.templates; print([n for n in ('jinja2', 'css_inline') if n in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def style_sheet() -> str:
    return (templates_folder() / "_base" / "mail.css").read_text(encoding="utf-8")


def test_every_class_that_a_mail_uses_has_a_rule(mails: dict[str, Rendered]) -> None:
    pages = "".join(mail.html for mail in mails.values())

    used = {name for names in re.findall(r'class="([^"]*)"', pages) for name in names.split()}

    assert used <= set(re.findall(r"\.([a-z][a-z-]*)", style_sheet()))


def test_every_line_of_the_style_sheet_is_one_whole_rule() -> None:
    rule = re.compile(r"\s*[^{},]+(, [^{},]+)* \{ ([a-z-]+: [^;{}]+; )+\}|@media [^{}]+ \{|\}")

    assert [line for line in style_sheet().splitlines() if not rule.fullmatch(line)] == []
