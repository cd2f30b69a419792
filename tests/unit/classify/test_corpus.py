import json
from pathlib import Path

import pytest

from mailbot.classify.corpus import LabelledMail, read_corpus, read_corpus_file
from mailbot.classify.documents import is_signature_image
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


def test_a_folder_without_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="No hay corpus"):
        read_corpus(tmp_path)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "no es JSON"),
        ("{}", "no tiene etiquetas"),
        ('{"labels": {"categories": ["nope"]}}', "etiquetas no válidas"),
    ],
    ids=["no JSON", "no labels", "unknown label"],
)
def test_a_faulty_line_is_named(tmp_path: Path, line: str, says: str) -> None:
    good = json.dumps(corpus_record(1, "ask", ""))
    path = tmp_path / "h0.jsonl"
    path.write_text(f"{good}\n{line}\n", encoding="utf-8")
    with pytest.raises(ModelRefused, match=says):
        read_corpus_file(path)
