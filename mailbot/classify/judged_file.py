"""What a model said of mails it had not learnt from, kept beside its file so that the next can be compared.

One JSON line a mail, found again by the mail's SHA-256; the labels a person gave are not kept here, they
come from the corpus at the moment of comparing.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mailbot.classify.corpus import LabelledMail
from mailbot.classify.evaluation import Judged
from mailbot.domain.errors import ModelRefused
from mailbot.domain.labels import Category, Contingency, DocumentType, Primary, Topic
from mailbot.domain.verdict import DocumentVerdict, Verdict


def write_judged(path: Path, judged: Sequence[Judged]) -> None:
    """Write one line for each mail."""
    lines = (json.dumps(_plain(one), ensure_ascii=False, sort_keys=True) for one in judged)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def read_judged(path: Path, mails: Sequence[LabelledMail]) -> dict[str, Judged]:
    """What was said of those of these mails that the file knows, by SHA-256; nothing when there is no file."""
    known = {mail.message.sha256: mail for mail in mails}
    if not path.exists():
        return {}
    try:
        said = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return {
            one["sha256"]: Judged(mail=known[one["sha256"]], verdict=_verdict(one))
            for one in said
            if one["sha256"] in known
        }
    except (KeyError, ValueError, TypeError) as error:
        raise ModelRefused(f"{path.name}: está dañado ({error}); entrene de nuevo") from error


def _plain(one: Judged) -> Mapping[str, Any]:
    verdict = one.verdict
    return {
        "sha256": one.mail.message.sha256,
        "categories": list(verdict.categories),
        "primary": verdict.primary,
        "topics": list(verdict.topics),
        "contingency": list(verdict.contingency),
        "needs_reply": verdict.needs_reply,
        "scores": dict(verdict.scores),
        "confidence": verdict.confidence,
        "documents": [[file.name, file.type, file.confidence] for file in verdict.documents],
    }


def _verdict(plain: Mapping[str, Any]) -> Verdict:
    return Verdict(
        categories=tuple(map(Category, plain["categories"])),
        primary=Primary(plain["primary"]),
        topics=tuple(map(Topic, plain["topics"])),
        contingency=tuple(map(Contingency, plain["contingency"])),
        needs_reply=plain["needs_reply"],
        scores=plain["scores"],
        confidence=plain["confidence"],
        documents=tuple(
            DocumentVerdict(name=name, type=DocumentType(kind), confidence=sure)
            for name, kind, sure in plain["documents"]
        ),
    )
