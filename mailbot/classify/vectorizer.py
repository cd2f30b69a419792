"""Named features become numbers: counts, damped and weighted by rarity, each block of length one.

The same code serves training and scoring, so the two can never drift apart. Only numpy is needed, and
only once a message is scored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


# The names of one text's features, by block.
FeatureNames = Mapping[str, Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Block:
    """One kind of features: how much it counts, and in how many texts a name must stand to be kept."""

    name: str
    weight: float = 1.0
    least: int = 2


@dataclass(frozen=True, kw_only=True)
class SparseVector:
    """The features a text has, by their number, and what each is worth."""

    ids: NDArray[np.int64]
    values: NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Vectorizer:
    """Knows every feature's number and rarity."""

    blocks: tuple[Block, ...]
    names: tuple[tuple[str, ...], ...]
    rarity: NDArray[np.float32]
    _index: Mapping[str, Mapping[str, int]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index, start = {}, 0
        for block, names in zip(self.blocks, self.names, strict=True):
            index[block.name] = {name: start + at for at, name in enumerate(names)}
            start += len(names)
        object.__setattr__(self, "_index", index)

    @property
    def size(self) -> int:
        """How many features are known."""
        return int(self.rarity.shape[0])

    def name_of(self, number: int) -> tuple[str, str]:
        """Block and name of the feature with that number."""
        for block, names in zip(self.blocks, self.names, strict=True):
            if number < len(names):
                return block.name, names[number]
            number -= len(names)
        raise IndexError(number)

    def vector(self, features: FeatureNames) -> SparseVector:
        """The numbers of one text; names that were never learnt are left out."""
        import numpy as np

        parts = [self._block_vector(block, features.get(block.name, ())) for block in self.blocks]
        return SparseVector(
            ids=np.concatenate([ids for ids, _ in parts]), values=np.concatenate([values for _, values in parts])
        )

    def _block_vector(self, block: Block, names: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        import numpy as np

        index = self._index[block.name]
        counts = Counter(index[name] for name in names if name in index)
        ids = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        damped = 1.0 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))
        values = damped * self.rarity[ids]
        length = float(np.sqrt(values @ values))
        return ids, (values * (block.weight / length) if length else values).astype(np.float32)


def learn_vectorizer(blocks: Sequence[Block], texts: Sequence[FeatureNames]) -> Vectorizer:
    """Number the features of a corpus and reckon how rare each is."""
    import numpy as np

    names: list[tuple[str, ...]] = []
    rarity: list[float] = []
    for block in blocks:
        seen = Counter(name for text in texts for name in set(text.get(block.name, ())))
        kept = sorted(name for name, count in seen.items() if count >= block.least)
        names.append(tuple(kept))
        rarity.extend(float(np.log((1 + len(texts)) / (1 + seen[name]))) + 1.0 for name in kept)
    return Vectorizer(blocks=tuple(blocks), names=tuple(names), rarity=np.asarray(rarity, dtype=np.float32))


def to_matrix(vectors: Iterable[SparseVector], width: int) -> object:
    """A sparse matrix with one row for each vector, as scikit-learn takes it."""
    import numpy as np
    from scipy.sparse import csr_matrix

    rows = list(vectors)
    starts = np.concatenate([[0], np.cumsum([len(row.ids) for row in rows])])
    ids = np.concatenate([row.ids for row in rows]) if rows else np.zeros(0, dtype=np.int64)
    values = np.concatenate([row.values for row in rows]) if rows else np.zeros(0, dtype=np.float32)
    return csr_matrix((values, ids, starts), shape=(len(rows), width))
