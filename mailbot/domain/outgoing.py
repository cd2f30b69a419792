"""The Message-IDs of mailbot's own mails: the same key always gives the same one, and it is signed.

A retry is recognised by it, and so is an answer: only who holds the secret can have made it. It stands in
the body too, for programs that drop the headers when they answer.
"""

import hmac
import re
from hashlib import sha256
from itertools import islice

# 128 bits name the mail, 128 bits prove who made it.
_LENGTH = 32
_SHAPE = re.compile(rf"<mb\.([0-9a-f]{{{_LENGTH}}})\.([0-9a-f]{{{_LENGTH}}})@([^<>@\s]+)>", re.IGNORECASE)

_IN_TEXT = re.compile(rf"mb\.[0-9a-f]{{{_LENGTH}}}\.[0-9a-f]{{{_LENGTH}}}@[a-z0-9.-]{{1,200}}", re.IGNORECASE)
_MOST_IN_TEXT = 5


def message_id_for(key: str, *, domain: str, secret: str) -> str:
    """The Message-ID of the mail with that key, with angle brackets."""
    name = sha256(key.encode()).hexdigest()[:_LENGTH]
    return f"<mb.{name}.{_signature(name, domain, secret)}@{domain.lower()}>"


def verify(message_id: str, *, secret: str) -> bool:
    """Whether mailbot with this secret made that Message-ID.

    Some servers change the case of an identifier, so it is compared in lower case.
    """
    match = _SHAPE.fullmatch(message_id.strip())
    if match is None:
        return False
    name, signature, domain = (part.lower() for part in match.groups())
    return hmac.compare_digest(signature, _signature(name, domain, secret))


def claims_to_be_ours(message_id: str) -> bool:
    """Whether it has the shape of our Message-IDs, whoever made it."""
    return _SHAPE.fullmatch(message_id.strip()) is not None


def named_in(text: str) -> tuple[str, ...]:
    """Ids of our shape in a text: some programs drop the headers of a mail and keep the quotation."""
    found = (match.group().lower() for match in islice(_IN_TEXT.finditer(text), _MOST_IN_TEXT))
    return tuple(dict.fromkeys(f"<{identifier}>" for identifier in found))


def mark_for(message_id: str) -> str:
    """The line that carries a Message-ID of ours in the body of the mail; empty for any other."""
    return f"Identificador: {message_id.strip().strip('<>')}" if claims_to_be_ours(message_id) else ""


def belongs_to(message_id: str, key: str, *, secret: str) -> bool:
    """Whether that Message-ID is the one of the mail with that key."""
    match = _SHAPE.fullmatch(message_id.strip())
    if match is None:
        return False
    return hmac.compare_digest(message_id_for(key, domain=match.group(3), secret=secret), message_id.strip().lower())


def _signature(name: str, domain: str, secret: str) -> str:
    if not secret:
        raise ValueError("sin clave no se puede firmar un Message-ID")
    text = f"{name}@{domain.lower()}"
    return hmac.new(secret.encode(), text.encode(), sha256).hexdigest()[:_LENGTH]
