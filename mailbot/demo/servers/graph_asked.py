"""What is asked of the loopback Graph server, and how it shows a mail."""

import json
import re
from dataclasses import dataclass
from typing import Any

from mailbot.demo.servers.graph_mail import Mail, Refusal


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """Its body."""
        try:
            return dict(json.loads(self.body or b"{}"))
        except ValueError as error:
            raise Refusal(400, "BadRequest") from error

    @property
    def is_immutable(self) -> bool:
        """Whether ids are to last."""
        return 'IdType="ImmutableId"' in self.headers.get("Prefer", "")

    @property
    def page(self) -> int:
        """How much one page holds."""
        preferred = re.search(r"odata\.maxpagesize=(\d+)", self.headers.get("Prefer", ""))
        return int(preferred[1]) if preferred else int(self.query.get("$top", "10"))


def shown(mail: Mail, request: Request, fields: set[str] | None = None) -> dict[str, Any]:
    """A mail as an answer shows it: the fields that are asked for."""
    everything = {
        "id": mail.id if request.is_immutable else mail.moving_id,
        "receivedDateTime": mail.received_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "parentFolderId": mail.folder,
        "isDraft": mail.is_draft,
        "isRead": mail.is_read,
        "categories": mail.categories,
        "flag": mail.flag,
        "subject": mail.header("Subject"),
        "internetMessageId": mail.header("Message-ID"),
        "internetMessageHeaders": mail.headers,
        "body": {"contentType": "html", "content": mail.content},
        "toRecipients": [{"emailAddress": {"address": address}} for address in mail.recipients],
        "changeKey": f"CK{mail.changes}",
        "lastModifiedDateTime": (mail.changed_at or mail.received_at).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "singleValueExtendedProperties": _properties(mail, request),
    }
    wanted = fields or set(filter(None, request.query.get("$select", "").split(",")))
    # Headers come only when they are asked for by name.
    wanted = wanted or everything.keys() - {"internetMessageHeaders"}
    wanted -= {"singleValueExtendedProperties"}
    if "$expand" in request.query:
        wanted.add("singleValueExtendedProperties")
    unknown = wanted - everything.keys()
    if unknown:
        raise Refusal(400, "BadRequest", f"unknown property {unknown}")
    return {name: everything[name] for name in everything if name == "id" or name in wanted}


def _properties(mail: Mail, request: Request) -> list[dict[str, str]]:
    """Those that the expansion names; without one there are none."""
    named = re.fullmatch(
        r"singleValueExtendedProperties\(\$filter=(id eq '[^']+'(?: or id eq '[^']+')*)\)",
        request.query.get("$expand", ""),
    )
    if "$expand" in request.query and named is None:
        raise Refusal(400, "ErrorInvalidUrlQuery", "$expand")
    ids = re.findall(r"'([^']+)'", named[1]) if named else []
    return [{"id": name, "value": mail.properties[name]} for name in ids if name in mail.properties]
