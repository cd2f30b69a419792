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


class FlagStatus(ExtendedProperty):
    """PidTagFlagStatus (MS-OXOFLAG 2.2.1.1): 2 is flagged, 1 complete; without it there is no flag."""

    property_tag = 0x1090
    property_type = "Integer"


class FlagCompleteTime(ExtendedProperty):
    """PidTagFlagCompleteTime (MS-OXOFLAG 2.2.1.3): only on a flag that is complete, in whole minutes."""

    property_tag = 0x1091
    property_type = "SystemTime"


class FollowupIcon(ExtendedProperty):
    """PidTagFollowupIcon (MS-OXOFLAG 2.2.1.2): the colour of a flag that is not complete; 6 is red."""

    property_tag = 0x1095
    property_type = "Integer"


class ToDoItemFlags(ExtendedProperty):
    """PidTagToDoItemFlags (MS-OXOFLAG 2.2.1.6): 1 puts the mail into the To-Do list."""

    property_tag = 0x0E2B
    property_type = "Integer"


class FlagRequest(ExtendedProperty):
    """PidLidFlagRequest (MS-OXOFLAG 2.2.1.9): the words of the flag."""

    distinguished_property_set_id = "Common"
    property_id = 0x8530
    property_type = "String"


class TaskStart(ExtendedProperty):
    """PidLidTaskStartDate (MS-OXOTASK 2.2.2.2.4): a day of the owner's own zone, written as its midnight."""

    distinguished_property_set_id = "Task"
    property_id = 0x8104
    property_type = "SystemTime"


class TaskDue(ExtendedProperty):
    """PidLidTaskDueDate (MS-OXOTASK 2.2.2.2.5): a day like the start, and not before it."""

    distinguished_property_set_id = "Task"
    property_id = 0x8105
    property_type = "SystemTime"


class CommonStart(ExtendedProperty):
    """PidLidCommonStart (MS-OXCMSG 2.2.1.18): the start as an instant."""

    distinguished_property_set_id = "Common"
    property_id = 0x8516
    property_type = "SystemTime"


class CommonEnd(ExtendedProperty):
    """PidLidCommonEnd (MS-OXCMSG 2.2.1.19): the end as an instant."""

    distinguished_property_set_id = "Common"
    property_id = 0x8517
    property_type = "SystemTime"


class TaskStatus(ExtendedProperty):
    """PidLidTaskStatus (MS-OXOFLAG 2.2.2.1): 0 while flagged, 2 when complete."""

    distinguished_property_set_id = "Task"
    property_id = 0x8101
    property_type = "Integer"


class PercentComplete(ExtendedProperty):
    """PidLidPercentComplete (MS-OXOFLAG 2.2.2.3): 0 while flagged, 1 when complete."""

    distinguished_property_set_id = "Task"
    property_id = 0x8102
    property_type = "Double"


class TaskComplete(ExtendedProperty):
    """PidLidTaskComplete (MS-OXOFLAG 2.2.2.2)."""

    distinguished_property_set_id = "Task"
    property_id = 0x811C
    property_type = "Boolean"


class TaskCompletedOn(ExtendedProperty):
    """PidLidTaskDateCompleted (MS-OXOTASK 2.2.2.2.9): a day like the start."""

    distinguished_property_set_id = "Task"
    property_id = 0x810F
    property_type = "SystemTime"


class Dispatch(ExtendedProperty):
    """The orders of a mail, with `;` between them; in PS_PUBLIC_STRINGS, where any program may read it."""

    distinguished_property_set_id = "PublicStrings"
    property_name = "mailbot-dispatch"
    property_type = "String"


_KNOWN = {
    "mailbot_message_id": InternetMessageId,
    "mailbot_message_flags": MessageFlags,
    "mailbot_delivery_time": DeliveryTime,
    "mailbot_flag_status": FlagStatus,
    "mailbot_flag_complete_time": FlagCompleteTime,
    "mailbot_followup_icon": FollowupIcon,
    "mailbot_to_do_flags": ToDoItemFlags,
    "mailbot_flag_request": FlagRequest,
    "mailbot_task_start": TaskStart,
    "mailbot_task_due": TaskDue,
    "mailbot_common_start": CommonStart,
    "mailbot_common_end": CommonEnd,
    "mailbot_task_status": TaskStatus,
    "mailbot_percent_complete": PercentComplete,
    "mailbot_task_complete": TaskComplete,
    "mailbot_task_completed_on": TaskCompletedOn,
    "mailbot_dispatch": Dispatch,
}


def register() -> None:
    """Make them fields of exchangelib's messages; before the first message is made, and once a process."""
    with _lock:
        names = {field.name for field in Message.FIELDS}
        for name, kind in _KNOWN.items():
            if name not in names:
                Message.register(name, kind)
