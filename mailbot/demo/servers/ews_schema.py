"""What EWS takes as a request: which elements, in which order, with which attributes.

The order is Microsoft's (messages.xsd and types.xsd): most of it is a sequence, and the real service
answers ErrorSchemaValidation to anything else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
MESSAGES = "http://schemas.microsoft.com/exchange/services/2006/messages"
TYPES = "http://schemas.microsoft.com/exchange/services/2006/types"
ERRORS = "http://schemas.microsoft.com/exchange/services/2006/errors"
PREFIXES = {"s": SOAP, "m": MESSAGES, "t": TYPES, "e": ERRORS}


class SchemaViolation(Exception):
    """The request is not what the schema says."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One element: its children in order, and its attributes."""

    # `name?` may be left out, `name*` may come any number of times, `name+` at least once.
    children: str = ""
    # `Name!` has to be there.
    attributes: str = ""
    # `one|other` is either. One of the children, instead of a sequence; `+` lets it repeat.
    choice: str = ""


_ITEM = (
    "t:MimeContent? t:ItemId? t:ParentFolderId? t:ItemClass? t:Subject? t:Sensitivity? t:Body? t:Attachments? "
    "t:DateTimeReceived? t:Size? t:Categories? t:Importance? t:InReplyTo? t:IsSubmitted? t:IsDraft? t:IsFromMe? "
    "t:IsResend? t:IsUnmodified? t:InternetMessageHeaders? t:DateTimeSent? t:DateTimeCreated? t:ResponseObjects? "
    "t:ReminderDueBy? t:ReminderIsSet? t:ReminderNextTime? t:ReminderMinutesBeforeStart? t:DisplayCc? t:DisplayTo? "
    "t:HasAttachments? t:ExtendedProperty* t:Culture? t:EffectiveRights? t:LastModifiedName? t:LastModifiedTime? "
    "t:IsAssociated? t:WebClientReadFormQueryString? t:WebClientEditFormQueryString? t:ConversationId? t:UniqueBody? "
    "t:Flag? t:StoreEntryId? t:InstanceKey?"
)
_MESSAGE = (
    f"{_ITEM} t:Sender? t:ToRecipients? t:CcRecipients? t:BccRecipients? t:IsReadReceiptRequested? "
    "t:IsDeliveryReceiptRequested? t:ConversationIndex? t:ConversationTopic? t:From? t:InternetMessageId? t:IsRead? "
    "t:IsResponseRequested? t:References? t:ReplyTo? t:ReceivedBy? t:ReceivedRepresenting?"
)
_REPLY = (
    "t:Subject? t:Body? t:ToRecipients? t:CcRecipients? t:BccRecipients? t:IsReadReceiptRequested? "
    "t:IsDeliveryReceiptRequested? t:From? t:ReferenceItemId t:NewBodyContent?"
)
_FOLDER_IDS = Rule(choice="t:FolderId t:DistinguishedFolderId +")
_ONE_FOLDER = Rule(choice="t:FolderId t:DistinguishedFolderId")
_PROPERTY = "t:FieldURI t:IndexedFieldURI t:ExtendedFieldURI"
_SHAPE = Rule(
    children="t:BaseShape t:IncludeMimeContent? t:BodyType? t:FilterHtmlContent? t:ConvertHtmlCodePageToUTF8? "
    "t:InlineImageUrlTemplate? t:BlockExternalImages? t:AddBlankTargetToLinks? t:MaximumBodySize? "
    "t:AdditionalProperties?"
)
_COMPARISON = Rule(choice=f"{_PROPERTY} t:FieldURIOrConstant t:Constant +")
_LOGIC = Rule(
    choice="t:And t:Or t:Not t:IsEqualTo t:IsNotEqualTo t:IsGreaterThan t:IsGreaterThanOrEqualTo t:IsLessThan "
    "t:IsLessThanOrEqualTo t:Contains t:Exists +"
)
_RECIPIENTS = Rule(children="t:Mailbox*")
_EXTENDED = "DistinguishedPropertySetId PropertySetId PropertyTag PropertyName PropertyId PropertyType!"

RULES: Mapping[str, Rule] = {
    "s:Envelope": Rule(children="s:Header? s:Body"),
    "s:Header": Rule(children="t:RequestServerVersion? t:ExchangeImpersonation? t:MailboxCulture? t:TimeZoneContext?"),
    "t:RequestServerVersion": Rule(attributes="Version!"),
    "t:ExchangeImpersonation": Rule(children="t:ConnectingSID"),
    "t:ConnectingSID": Rule(choice="t:PrincipalName t:SID t:PrimarySmtpAddress t:SmtpAddress"),
    "t:TimeZoneContext": Rule(children="t:TimeZoneDefinition"),
    "t:TimeZoneDefinition": Rule(attributes="Id! Name"),
    "m:GetFolder": Rule(children="m:FolderShape m:FolderIds"),
    "m:FindFolder": Rule(
        children="m:FolderShape m:IndexedPageFolderView? m:FractionalPageFolderView? m:Restriction? m:ParentFolderIds",
        attributes="Traversal!",
    ),
    "m:CreateFolder": Rule(children="m:ParentFolderId m:Folders"),
    "m:SyncFolderItems": Rule(
        children="m:ItemShape m:SyncFolderId m:SyncState? m:Ignore? m:MaxChangesReturned m:SyncScope?"
    ),
    "m:SyncFolderHierarchy": Rule(children="m:FolderShape m:SyncFolderId? m:SyncState?"),
    "m:FindItem": Rule(
        children="m:ItemShape m:IndexedPageItemView? m:FractionalPageItemView? m:CalendarView? m:ContactsView? "
        "m:GroupBy? m:DistinguishedGroupBy? m:Restriction? m:SortOrder? m:ParentFolderIds m:QueryString?",
        attributes="Traversal!",
    ),
    "m:GetItem": Rule(children="m:ItemShape m:ItemIds"),
    "m:CreateItem": Rule(
        children="m:SavedItemFolderId? m:Items", attributes="MessageDisposition SendMeetingInvitations"
    ),
    "m:UpdateItem": Rule(
        children="m:SavedItemFolderId? m:ItemChanges",
        attributes="ConflictResolution! MessageDisposition SendMeetingInvitationsOrCancellations SuppressReadReceipts",
    ),
    "m:SendItem": Rule(children="m:ItemIds m:SavedItemFolderId?", attributes="SaveItemToFolder!"),
    "m:MoveItem": Rule(children="m:ToFolderId m:ItemIds m:ReturnNewItemIds?"),
    "m:DeleteItem": Rule(
        children="m:ItemIds",
        attributes="DeleteType! SendMeetingCancellations AffectedTaskOccurrences SuppressReadReceipts",
    ),
    "m:CreateAttachment": Rule(children="m:ParentItemId m:Attachments"),
    "m:GetAttachment": Rule(children="m:AttachmentShape? m:AttachmentIds"),
    "m:Subscribe": Rule(choice="m:PullSubscriptionRequest m:PushSubscriptionRequest m:StreamingSubscriptionRequest"),
    "m:StreamingSubscriptionRequest": Rule(
        children="t:FolderIds? t:EventTypes t:Watermark?", attributes="SubscribeToAllFolders"
    ),
    "m:GetStreamingEvents": Rule(children="m:SubscriptionIds m:ConnectionTimeout"),
    "m:Unsubscribe": Rule(children="m:SubscriptionId"),
    "m:GetUserConfiguration": Rule(children="m:UserConfigurationName m:UserConfigurationProperties"),
    "m:UpdateUserConfiguration": Rule(children="m:UserConfiguration"),
    "m:CreateUserConfiguration": Rule(children="m:UserConfiguration"),
    "m:UserConfiguration": Rule(children="t:UserConfigurationName t:ItemId? t:Dictionary? t:XmlData? t:BinaryData?"),
    "m:UserConfigurationName": Rule(choice="t:FolderId t:DistinguishedFolderId", attributes="Name!"),
    "t:UserConfigurationName": Rule(choice="t:FolderId t:DistinguishedFolderId", attributes="Name!"),
    "m:ConvertId": Rule(children="m:SourceIds", attributes="DestinationFormat!"),
    "m:ResolveNames": Rule(
        children="m:ParentFolderIds? m:UnresolvedEntry",
        attributes="ReturnFullContactData! SearchScope ContactDataShape",
    ),
    "m:FolderShape": Rule(children="t:BaseShape t:AdditionalProperties?"),
    "m:ItemShape": _SHAPE,
    "t:AdditionalProperties": Rule(choice=f"{_PROPERTY} +"),
    "t:FieldURI": Rule(attributes="FieldURI!"),
    "t:ExtendedFieldURI": Rule(attributes=_EXTENDED),
    "m:FolderIds": _FOLDER_IDS,
    "t:FolderIds": _FOLDER_IDS,
    "m:ParentFolderIds": _FOLDER_IDS,
    "m:SavedItemFolderId": _ONE_FOLDER,
    "m:ToFolderId": _ONE_FOLDER,
    "m:ParentFolderId": _ONE_FOLDER,
    "m:SyncFolderId": _ONE_FOLDER,
    "t:FolderId": Rule(attributes="Id! ChangeKey"),
    "t:DistinguishedFolderId": Rule(children="t:Mailbox?", attributes="Id! ChangeKey"),
    "t:ItemId": Rule(attributes="Id! ChangeKey"),
    "t:ReferenceItemId": Rule(attributes="Id! ChangeKey"),
    "m:ItemIds": Rule(choice="t:ItemId t:OccurrenceItemId t:RecurringMasterItemId +"),
    "m:Ignore": Rule(choice="t:ItemId +"),
    "m:IndexedPageItemView": Rule(attributes="MaxEntriesReturned Offset! BasePoint!"),
    "m:IndexedPageFolderView": Rule(attributes="MaxEntriesReturned Offset! BasePoint!"),
    "m:Restriction": _LOGIC,
    "t:And": _LOGIC,
    "t:Or": _LOGIC,
    "t:Not": _LOGIC,
    **{
        f"t:{name}": Rule(choice=f"{_PROPERTY} t:FieldURIOrConstant +")
        for name in (
            "IsEqualTo",
            "IsNotEqualTo",
            "IsGreaterThan",
            "IsGreaterThanOrEqualTo",
            "IsLessThan",
            "IsLessThanOrEqualTo",
        )
    },
    "t:Contains": Rule(choice=f"{_PROPERTY} t:Constant +", attributes="ContainmentMode ContainmentComparison"),
    "t:Exists": Rule(choice=_PROPERTY),
    "t:FieldURIOrConstant": Rule(choice="t:FieldURI t:ExtendedFieldURI t:Constant"),
    "t:Constant": Rule(attributes="Value!"),
    "m:SortOrder": Rule(children="t:FieldOrder+"),
    "t:FieldOrder": Rule(choice=_PROPERTY, attributes="Order!"),
    "m:Items": Rule(choice="t:Message t:ReplyToItem t:ReplyAllToItem +"),
    "t:Message": Rule(children=_MESSAGE),
    "t:ReplyToItem": Rule(children=_REPLY),
    "t:ReplyAllToItem": Rule(children=_REPLY),
    "t:MimeContent": Rule(attributes="CharacterSet"),
    "t:Body": Rule(attributes="BodyType! IsTruncated"),
    "t:NewBodyContent": Rule(attributes="BodyType! IsTruncated"),
    "t:Categories": Rule(children="t:String*"),
    "t:ToRecipients": _RECIPIENTS,
    "t:CcRecipients": _RECIPIENTS,
    "t:BccRecipients": _RECIPIENTS,
    "t:ReplyTo": _RECIPIENTS,
    "t:From": Rule(children="t:Mailbox"),
    "t:Mailbox": Rule(children="t:Name? t:EmailAddress? t:RoutingType? t:MailboxType? t:ItemId?"),
    "t:ExtendedProperty": Rule(children="t:ExtendedFieldURI t:Value? t:Values?"),
    "t:Flag": Rule(children="t:FlagStatus t:StartDate? t:DueDate? t:CompleteDate?"),
    "m:ItemChanges": Rule(children="t:ItemChange+"),
    "t:ItemChange": Rule(children="t:ItemId t:Updates"),
    "t:Updates": Rule(choice="t:SetItemField t:DeleteItemField t:AppendToItemField +"),
    "t:SetItemField": Rule(children=f"{_PROPERTY.replace(' ', '|')} t:Message|t:Item"),
    "t:AppendToItemField": Rule(children=f"{_PROPERTY.replace(' ', '|')} t:Message|t:Item"),
    "t:Item": Rule(children=_ITEM),
    "t:DeleteItemField": Rule(choice=_PROPERTY),
    "m:ParentItemId": Rule(attributes="Id! ChangeKey"),
    "m:Attachments": Rule(choice="t:FileAttachment t:ItemAttachment +"),
    "t:FileAttachment": Rule(
        children="t:AttachmentId? t:Name? t:ContentType? t:ContentId? t:ContentLocation? t:Size? t:LastModifiedTime? "
        "t:IsInline? t:IsContactPhoto? t:Content?"
    ),
    "m:SubscriptionIds": Rule(children="t:SubscriptionId+"),
    "t:EventTypes": Rule(children="t:EventType+"),
    "m:Folders": Rule(choice="t:Folder +"),
}


def short(tag: str) -> str:
    """A name with its usual prefix."""
    space, _, name = tag.removeprefix("{").rpartition("}")
    prefix = next((prefix for prefix, known in PREFIXES.items() if known == space), "?")
    return f"{prefix}:{name}"


def long(name: str) -> str:
    """The name as ElementTree has it."""
    prefix, _, local = name.partition(":")
    return f"{{{PREFIXES[prefix]}}}{local}"


def check(element: Element) -> None:
    """Raise `SchemaViolation` unless the element and all in it are what the schema says."""
    rule = RULES.get(short(element.tag))
    if rule is not None:
        _check_attributes(element, rule)
        names = [short(child.tag) for child in element]
        if rule.choice:
            _check_choice(element, names, rule)
        elif rule.children:
            _check_sequence(element, names, rule)
        elif names:
            raise SchemaViolation(f"{short(element.tag)} has no children, but {names[0]} stands in it")
    for child in element:
        check(child)


def _check_attributes(element: Element, rule: Rule) -> None:
    known = {name.rstrip("!"): name.endswith("!") for name in rule.attributes.split()}
    strange = set(element.attrib) - set(known)
    missing = {name for name, is_needed in known.items() if is_needed} - set(element.attrib)
    if strange or missing:
        raise SchemaViolation(f"{short(element.tag)}: attributes {sorted(strange)} too much, {sorted(missing)} missing")


def _check_choice(element: Element, names: list[str], rule: Rule) -> None:
    known = rule.choice.split()
    strange = [name for name in names if name not in known]
    if strange or not names or (len(names) > 1 and "+" not in known):
        raise SchemaViolation(f"{short(element.tag)} may not hold {strange or names}")


def _check_sequence(element: Element, names: list[str], rule: Rule) -> None:
    left = list(names)
    for known in rule.children.split():
        name, many = known.rstrip("?*+"), known[-1]
        count = 0
        while left and left[0] in name.split("|"):
            left.pop(0)
            count += 1
        if count == 0 and many not in "?*":
            raise SchemaViolation(f"{short(element.tag)} wants {name}")
        if count > 1 and many not in "*+":
            raise SchemaViolation(f"{short(element.tag)} may hold {name} once")
    if left:
        raise SchemaViolation(f"{short(element.tag)}: {left[0]} is unknown or stands in the wrong place")
