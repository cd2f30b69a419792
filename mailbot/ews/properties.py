"""The MAPI properties that EWS has no names for, as exchangelib wants to be told of them."""

import threading

from exchangelib.extended_properties import ExtendedProperty
from exchangelib.items import Message

_lock = threading.Lock()


class InternetMessageId(ExtendedProperty):
    """PidTagInternetMessageId (MS-OXOMSG 2.2.1.12)."""

    property_tag = 0x1035
    property_type = "String"


class MessageFlags(ExtendedProperty):
    """PidTagMessageFlags (MS-OXCMSG 2.2.1.6): 1 is read; without 8 the message is no draft."""

    property_tag = 0x0E07
    property_type = "Integer"


class DeliveryTime(ExtendedProperty):
    """PidTagMessageDeliveryTime (MS-OXOMSG 2.2.3.9)."""

    property_tag = 0x0E06
    property_type = "SystemTime"


_KNOWN = {
    "mailbot_message_id": InternetMessageId,
    "mailbot_message_flags": MessageFlags,
    "mailbot_delivery_time": DeliveryTime,
}


def register() -> None:
    """Make them fields of exchangelib's messages; before the first message is made, and once a process."""
    with _lock:
        names = {field.name for field in Message.FIELDS}
        for name, kind in _KNOWN.items():
            if name not in names:
                Message.register(name, kind)
