"""The delivery report among the sample mails (RFC 3464), as a mail server writes it."""

from email.message import EmailMessage, Message
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText


def fill_report(message: EmailMessage, text: str, *, recipient: str, headers: str) -> None:
    """Make a mail the report that another one, of which `headers` are quoted, did not reach `recipient`."""
    message["Content-Type"] = 'multipart/report; report-type="delivery-status"'
    message["MIME-Version"] = "1.0"
    message["Auto-Submitted"] = "auto-replied"
    original = MIMENonMultipart("text", "rfc822-headers")
    original.set_payload(headers)
    message.set_payload([MIMEText(text + "\n", "plain", "us-ascii"), _status(recipient), original])


def _status(recipient: str) -> Message:
    """The part for machines: about the mail, then about each recipient."""
    about, per_recipient = Message(), Message()
    about["Reporting-MTA"] = f"dns; mx.{recipient.rpartition('@')[2]}"
    per_recipient["Final-Recipient"] = f"rfc822; {recipient}"
    per_recipient["Action"] = "failed"
    per_recipient["Status"] = "5.2.2"
    per_recipient["Diagnostic-Code"] = "smtp; 552 5.2.2 Mailbox full"
    status = MIMENonMultipart("message", "delivery-status")
    status.set_payload([about, per_recipient])
    return status
