import json
from pathlib import Path

import pytest

from mailbot.classify.corpus import LabelledMail, read_corpus, read_corpus_file
from mailbot.classify.documents import is_signature_image
from mailbot.classify.features import take_apart
from mailbot.classify.sample import LABELS, truth_of
from mailbot.domain.errors import ModelRefused
from mailbot.domain.labels import Category
from mailbot.shipped import models_folder
from tests.unit.classify.mails import corpus_record

OWN = read_corpus_file(models_folder() / "corpus" / "m1.jsonl")


def test_our_own_mails_have_unique_ids() -> None:
    assert len({one.id for one in OWN}) == len(OWN)


def test_our_own_labels_keep_the_guides_primary() -> None:
    lines = (models_folder() / "corpus" / "m1.jsonl").read_text(encoding="utf-8").splitlines()
    said = [json.loads(line)["labels"]["primary"] for line in lines]
    assert said == [one.labels.primary.value for one in OWN]


@pytest.mark.parametrize(
    "one", [one for one in OWN if Category.DOCUMENTS in one.labels.categories], ids=lambda one: one.id
)
def test_our_own_documents_are_attached_or_linked(one: LabelledMail) -> None:
    papers = [file for file in one.message.attachments if not is_signature_image(file)]
    assert papers or "https://" in one.message.new_text


def test_our_own_text_is_found_by_the_splitter() -> None:
    lines = (models_folder() / "corpus" / "m1.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["labels"]["new_text"] for line in lines]
    found = sum(one.message.new_text.split() == text.split() for one, text in zip(OWN, texts, strict=True))
    assert found / len(OWN) >= 0.98


@pytest.mark.parametrize("path", sorted((models_folder() / "corpus").glob("*.jsonl")), ids=lambda path: path.stem)
def test_every_mark_lies_on_a_sentence_of_its_mail_and_on_a_label_that_it_has(path: Path) -> None:
    for one in read_corpus_file(path):
        sentences = {sentence.text for sentence in take_apart(one.input).sentences}
        held = {label for label, is_held in zip(LABELS, truth_of(one), strict=True) if is_held}
        for sentence, marked in (one.evidence or {}).items():
            assert sentence in sentences, one.id
            assert marked <= held, one.id


@pytest.mark.parametrize("source", [*(f"t{at}" for at in range(1, 9)), *(f"m{at}" for at in range(1, 10)), "m1_seen"])
def test_nearly_every_labelled_mail_of_the_marked_hands_has_its_sentences_marked(source: str) -> None:
    mails = read_corpus_file(models_folder() / "corpus" / f"{source}.jsonl")
    labelled = [one for one in mails if any(truth_of(one))]
    assert sum(one.evidence is not None for one in labelled) / len(labelled) > 0.99


def test_marks_are_read_from_the_file_of_the_same_name(tmp_path: Path) -> None:
    for name in ("ask", "send"):
        record = corpus_record(1, name, "")
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(record), encoding="utf-8")
    (tmp_path / "evidence").mkdir()
    marks = {"id": "ask-1", "marks": {"Confírmame por favor 1": ["requirement", "needs_reply"]}}
    (tmp_path / "evidence" / "ask.jsonl").write_text(json.dumps(marks), encoding="utf-8")

    asked, sent = read_corpus(tmp_path)

    assert asked.evidence == {"Confírmame por favor 1": {"requirement", "needs_reply"}}
    assert sent.evidence is None


@pytest.mark.parametrize("line", ["{", "[]", '{"id": "ask-1"}', '{"marks": {}}'])
def test_a_faulty_line_of_marks_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "h0.jsonl"
    path.write_text(json.dumps(corpus_record(1, "ask", "")), encoding="utf-8")
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "h0.jsonl").write_text(line, encoding="utf-8")
    with pytest.raises(ModelRefused, match=r"h0\.jsonl:1"):
        read_corpus_file(path)


def test_a_folder_without_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="No hay corpus"):
        read_corpus(tmp_path)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "no es JSON"),
        ("[]", r"h0\.jsonl:2: la línea no es un objeto"),
        ("{}", r"h0\.jsonl:2: el mensaje no tiene etiquetas"),
        ('{"labels": {"categories": ["nope"]}}', "etiquetas no válidas"),
    ],
    ids=["no JSON", "no object", "no labels", "unknown label"],
)
def test_a_faulty_line_is_named(tmp_path: Path, line: str, says: str) -> None:
    good = json.dumps(corpus_record(1, "ask", ""))
    path = tmp_path / "h0.jsonl"
    path.write_text(f"{good}\n{line}\n", encoding="utf-8")
    with pytest.raises(ModelRefused, match=says):
        read_corpus_file(path)
