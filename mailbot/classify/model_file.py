"""Model files: written by `model train`, read with a closed list of types and a digest that the card names.

A model is data that decides what people must do, and it may come from elsewhere: nothing is loaded whose
SHA-256 the card does not name, and nothing that holds anything but numbers, texts, lists and mappings.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailbot.classify.card import CardEntry, read_card
from mailbot.classify.layers import Layer, Network
from mailbot.classify.thresholds import Thresholds
from mailbot.classify.trees import Trees
from mailbot.classify.vectorizer import Block, Vectorizer
from mailbot.domain.errors import ModelRefused

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = 4
# The only types a model file may name. This list is closed: a file never adds to it.
ALLOWED_TYPES = frozenset(
    {
        "builtins.dict",
        "builtins.list",
        "builtins.str",
        "builtins.float",
        "builtins.int",
        "builtins.bool",
        "numpy.ndarray",
    }
)
# skops trusts these and the plain types above by itself; it is told nothing more.
_TRUSTED: list[str] = []
# How many steps a column of weights has from nothing to its largest.
_STEPS = 1000
_LARGEST_FILE = 64 * 1024 * 1024
_LARGEST_CONTENT = 512 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class StoredModel:
    """A model in memory with the file it came from and the files that were refused before it."""

    network: Network
    thresholds: Thresholds
    name: str
    refused: tuple[str, ...] = ()


def load_network(path: Path) -> StoredModel:
    """The model of a folder (its current one, else the last good one) or of one file beside its card."""
    folder = path if path.is_dir() else path.parent
    card = read_card(folder)
    entries = card.newest_first() if path.is_dir() else (card.entry(path.name),)
    refused: list[str] = []
    for entry in entries:
        try:
            return _load_entry(folder, entry, tuple(refused))
        except ModelRefused as error:
            refused.append(str(error))
    raise ModelRefused("No hay ningún modelo utilizable: " + "; ".join(refused or ["la ficha no nombra ninguno"]))


def save_network(network: Network, thresholds: Thresholds, folder: Path) -> CardEntry:
    """Write a model under a name made from its content; the card is left to the caller."""
    import skops.io

    content = skops.io.dumps(_to_plain(network, thresholds), compression=zipfile.ZIP_DEFLATED, compresslevel=9)
    digest = hashlib.sha256(content).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    name = f"triage-{digest[:12]}.skops"
    (folder / name).write_bytes(content)
    return CardEntry(file=name, sha256=digest)


def _load_entry(folder: Path, entry: CardEntry, refused: tuple[str, ...]) -> StoredModel:
    content = _checked_content(folder / entry.file, entry)
    network, thresholds = _from_plain(_loads(content, entry.file), entry.file)
    return StoredModel(network=network, thresholds=thresholds, name=entry.file, refused=refused)


def _checked_content(path: Path, entry: CardEntry) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelRefused(f"{entry.file}: no se puede leer ({error.strerror})") from error
    if len(content) > _LARGEST_FILE:
        raise ModelRefused(f"{entry.file}: demasiado grande para ser un modelo")
    if hashlib.sha256(content).hexdigest() != entry.sha256:
        raise ModelRefused(
            f"{entry.file}: no es el archivo que nombra la ficha (card.json); restáurelo o entrene de nuevo"
        )
    return content


def _loads(content: bytes, name: str) -> Any:
    for type_name in _types_in(content, name):
        if type_name not in ALLOWED_TYPES:
            raise ModelRefused(f"{name}: contiene un tipo no permitido ({type_name})")
    import skops.io

    # A damaged file can break the reader anywhere; whatever it raises, the file is refused.
    try:
        return skops.io.loads(content, trusted=_TRUSTED)
    except Exception as error:
        raise ModelRefused(f"{name}: no se puede abrir ({type(error).__name__})") from error


def _types_in(content: bytes, name: str) -> Iterator[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(item.file_size for item in archive.infolist()) > _LARGEST_CONTENT:
                raise ModelRefused(f"{name}: demasiado grande al descomprimir")
            schema = json.loads(archive.read("schema.json"))
    except (zipfile.BadZipFile, KeyError, ValueError, RecursionError) as error:
        raise ModelRefused(f"{name}: no es un archivo de modelo") from error
    yield from _types_of(schema)


def _types_of(node: object) -> Iterator[str]:
    if isinstance(node, Mapping):
        if "__class__" in node:
            yield f"{node.get('__module__')}.{node['__class__']}"
        for value in node.values():
            yield from _types_of(value)
    elif isinstance(node, list):
        for value in node:
            yield from _types_of(value)


def _to_plain(network: Network, thresholds: Thresholds) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "labels": list(network.labels),
        "leading": list(network.leading),
        "mail": _layer_to_plain(network.mail),
        "sentence": _layer_to_plain(network.sentence),
        "joint": network.joint,
        "joint_bias": network.joint_bias,
        "trees": asdict(network.trees),
        "thresholds": {
            "labels": dict(thresholds.labels),
            "doubtful_from": thresholds.doubtful_from,
            "doubtful_to": thresholds.doubtful_to,
            "least_confidence": thresholds.least_confidence,
        },
    }


def _layer_to_plain(layer: Layer) -> dict[str, Any]:
    import numpy as np

    vectorizer = layer.vectorizer
    # Whole numbers of few bits: they pack better than half precision and change no score by more than a hundredth.
    scale = np.maximum(np.abs(layer.weights).max(axis=0, initial=0.0), np.float32(1e-9)) / _STEPS
    return {
        "blocks": [[block.name, block.weight, block.least] for block in vectorizer.blocks],
        # One text a block: a hundred thousand separate strings would make the file ten times larger.
        "names": ["\n".join(names) for names in vectorizer.names],
        "rarity": vectorizer.rarity,
        "weights": np.round(layer.weights / scale).astype(np.int16),
        "scale": scale,
        "bias": layer.bias,
    }


def _from_plain(plain: Any, name: str) -> tuple[Network, Thresholds]:
    try:
        if plain["format"] != FORMAT:
            raise ModelRefused(f"{name}: es de otra versión de mailbot (formato {plain['format']}); entrene de nuevo")
        network = Network(
            labels=tuple(plain["labels"]),
            leading=tuple(plain["leading"]),
            mail=_layer_from_plain(plain["mail"]),
            sentence=_layer_from_plain(plain["sentence"]),
            joint=plain["joint"],
            joint_bias=plain["joint_bias"],
            trees=Trees(**plain["trees"]),
        )
        return network, Thresholds(**plain["thresholds"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelRefused(f"{name}: le falta una parte ({error})") from error


def _layer_from_plain(plain: Mapping[str, Any]) -> Layer:
    import numpy as np

    weights: NDArray[Any] = plain["weights"].astype(np.float32) * plain["scale"]
    return Layer(
        vectorizer=Vectorizer(
            blocks=tuple(Block(name=name, weight=weight, least=least) for name, weight, least in plain["blocks"]),
            names=tuple(tuple(text.split("\n")) if text else () for text in plain["names"]),
            rarity=plain["rarity"],
        ),
        weights=weights,
        bias=plain["bias"],
    )
