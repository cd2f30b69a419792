import hashlib
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mailbot.classify.card import Card, CardEntry, read_card, write_card
from mailbot.classify.model_file import load_network, save_network
from mailbot.classify.training import Trained
from mailbot.domain.errors import ModelRefused


@pytest.fixture
def folder(tmp_path: Path, trained: Trained) -> Path:
    entry = save_network(trained.network, trained.thresholds, tmp_path)
    write_card(tmp_path, Card().with_current(entry))
    return tmp_path


def model_path(folder: Path) -> Path:
    return folder / (read_card(folder).current or "")


def name_as_is(folder: Path) -> None:
    """Let the card name the file's present content, as whoever forges both would."""
    path, card = model_path(folder), read_card(folder)
    entry = replace(card.models[0], sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    write_card(folder, replace(card, models=(entry,)))


def test_a_model_comes_back_as_it_was_saved(folder: Path, trained: Trained) -> None:
    stored = load_network(folder)
    assert stored.thresholds == trained.thresholds
    assert np.allclose(stored.network.mail.weights, trained.network.mail.weights, atol=1e-3)
    assert stored.network.sentence.vectorizer.names == trained.network.sentence.vectorizer.names


def test_a_file_is_named_by_its_content(folder: Path) -> None:
    path = model_path(folder)
    assert path.name == f"triage-{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}.skops"


def test_a_changed_file_is_refused(folder: Path) -> None:
    path = model_path(folder)
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(ModelRefused, match="no es el archivo que nombra la ficha"):
        load_network(folder)


def test_a_file_the_card_does_not_name_is_refused(folder: Path) -> None:
    other = folder / "triage-000000000000.skops"
    other.write_bytes(model_path(folder).read_bytes())
    with pytest.raises(ModelRefused, match="no nombra este archivo"):
        load_network(other)


def test_a_damaged_file_falls_back_to_the_last_good_one(folder: Path) -> None:
    good = read_card(folder).models[0]
    bad = CardEntry(file="triage-111111111111.skops", sha256="1" * 64)
    (folder / bad.file).write_bytes(b"nothing")
    write_card(folder, read_card(folder).with_current(bad))
    stored = load_network(folder)
    assert stored.name == good.file
    assert len(stored.refused) == 1
    assert bad.file in stored.refused[0]


def test_a_missing_file_falls_back_to_the_last_good_one(folder: Path) -> None:
    good = read_card(folder).models[0]
    write_card(folder, read_card(folder).with_current(CardEntry(file="triage-2.skops", sha256="2" * 64)))
    assert load_network(folder).name == good.file


def test_a_type_outside_the_list_is_refused_though_the_card_names_the_file(folder: Path) -> None:
    path = model_path(folder)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    schema = json.loads(parts["schema.json"])
    schema["content"]["hidden"] = {"__class__": "Popen", "__module__": "subprocess", "__loader__": "ObjectNode"}
    parts["schema.json"] = json.dumps(schema).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    name_as_is(folder)
    with pytest.raises(ModelRefused, match=r"tipo no permitido \(subprocess.Popen\)"):
        load_network(folder)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"{}"], ids=["empty", "half a zip", "not a zip"])
def test_what_is_no_model_file_is_refused_though_the_card_names_it(folder: Path, content: bytes) -> None:
    model_path(folder).write_bytes(content)
    name_as_is(folder)
    with pytest.raises(ModelRefused, match="no es un archivo de modelo"):
        load_network(folder)


def test_a_zip_without_its_arrays_is_refused(folder: Path) -> None:
    path = model_path(folder)
    kept = io.BytesIO()
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(kept, "w") as copy:
        copy.writestr("schema.json", archive.read("schema.json"))
    path.write_bytes(kept.getvalue())
    name_as_is(folder)
    with pytest.raises(ModelRefused, match="no se puede abrir"):
        load_network(folder)


@pytest.mark.parametrize("card", ["", "{", '{"models": 3}', '{"models": [{"file": "x"}]}'])
def test_a_damaged_card_is_refused(folder: Path, card: str) -> None:
    (folder / "card.json").write_text(card, encoding="utf-8")
    with pytest.raises(ModelRefused, match="ficha del modelo está dañada"):
        load_network(folder)


def test_a_folder_without_a_card_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="mailbot model train"):
        load_network(tmp_path)
