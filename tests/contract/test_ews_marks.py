"""What only an Exchange server asks of whoever marks its mails, by the real exchangelib."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from mailbot.demo.servers.ews import SERVICE, EwsFault, EwsScript
from mailbot.domain.errors import MailboxRefused, MailboxUnavailable, MailChanged, MarkRefused
from mailbot.domain.marks import COLOURS, Colour, Flag, FlagState, MarkName, Switch
from mailbot.domain.message import MailKey
from mailbot.ews.endpoint import EwsRights
from mailbot.ports.marks import MarkChange
from tests.contract.ews_box import ADDRESS
from tests.contract.ews_mark_box import LIMA, LIST, EwsMarkBox
from tests.contract.mark_boxes import MORNING, NAMED, wanted

TASK, COMMON = "00062003-0000-0000-c000-000000000046", "00062008-0000-0000-c000-000000000046"
STAMP = "00020329-0000-0000-c000-000000000046/mailbot-dispatch:String"
# Half past eight in the evening in Lima, when it is tomorrow in Greenwich.
EVENING = datetime(2026, 11, 5, 1, 30, tzinfo=UTC)
DUE = Flag(state=FlagState.FLAGGED, starts_at=EVENING - timedelta(hours=4), due_at=EVENING)
DONE = Flag(state=FlagState.COMPLETE, completed_at=EVENING + timedelta(seconds=12))


@pytest.fixture
def box() -> Iterator[EwsMarkBox]:
    opened = EwsMarkBox()
    yield opened
    opened.close()


@pytest.fixture
def reader() -> Iterator[EwsMarkBox]:
    """The account has been given the mailbox to read, and no more."""
    script = EwsScript(delegates={ADDRESS: {SERVICE}}, readers={ADDRESS: {SERVICE}})
    opened = EwsMarkBox(script, rights=EwsRights.DELEGATE)
    yield opened
    opened.close()


class TestFlag:
    def test_a_flag_stands_as_outlook_keeps_it_on_the_owners_day(self, box: EwsMarkBox) -> None:
        box.deliver(1)
        box.marks.set(box.found(1), MarkChange(flag=DUE))
        assert box.item(1).properties == {
            "0x1090:Integer": "2",
            "0x1095:Integer": "6",
            "0x0e2b:Integer": "1",
            f"{COMMON}/0x8530:String": "Seguimiento",
            f"{TASK}/0x8104:SystemTime": "2026-11-04T00:00:00Z",
            f"{TASK}/0x8105:SystemTime": "2026-11-04T00:00:00Z",
            f"{COMMON}/0x8516:SystemTime": "2026-11-04T21:30:00Z",
            f"{COMMON}/0x8517:SystemTime": "2026-11-05T01:30:00Z",
            f"{TASK}/0x8101:Integer": "0",
            f"{TASK}/0x8102:Double": "0.0",
            f"{TASK}/0x811c:Boolean": "false",
        }

    def test_a_complete_flag_says_when_and_keeps_its_dates(self, box: EwsMarkBox) -> None:
        box.deliver(1)
        box.marks.set(box.found(1), MarkChange(flag=DUE))
        box.marks.set(box.found(1), MarkChange(flag=DONE))
        kept = box.item(1).properties
        assert kept["0x1090:Integer"] == "1"
        assert kept["0x1091:SystemTime"] == "2026-11-05T01:30:00Z"
        assert kept[f"{TASK}/0x810f:SystemTime"] == "2026-11-04T00:00:00Z"
        assert kept[f"{TASK}/0x8105:SystemTime"] == "2026-11-04T00:00:00Z"
        assert (kept[f"{TASK}/0x811c:Boolean"], kept[f"{TASK}/0x8102:Double"]) == ("true", "1.0")
        assert "0x1095:Integer" not in kept

    def test_a_flag_that_goes_leaves_nothing_of_it(self, box: EwsMarkBox) -> None:
        box.deliver(1)
        box.marks.set(box.found(1), MarkChange(flag=DUE, stamp=("2026-004512",)))
        box.marks.set(box.found(1), MarkChange(flag=Flag()))
        assert box.item(1).properties == {STAMP: "2026-004512"}

    def test_a_due_date_without_a_start_gets_one(self, box: EwsMarkBox) -> None:
        box.deliver(1)
        box.marks.set(box.found(1), MarkChange(flag=Flag(state=FlagState.FLAGGED, due_at=EVENING)))
        assert box.found(1).flag.starts_at == EVENING

    def test_a_day_that_a_person_gives_in_outlook_is_seen(self, box: EwsMarkBox) -> None:
        box.deliver(1)
        box.marks.set(box.found(1), MarkChange(flag=DUE))
        box.item(1).properties[f"{TASK}/0x8105:SystemTime"] = "2026-11-09T00:00:00Z"
        box.mailbox.touch(box.item(1))
        assert box.found(1).flag.due_at == datetime(2026, 11, 9, tzinfo=LIMA)


class TestRestraint:
    def test_nothing_else_is_ever_written(self, box: EwsMarkBox) -> None:
        box.deliver(1)
        box.marks.prepare({mark.value: COLOURS[mark] for mark in MarkName})
        box.marks.set(box.found(1), MarkChange(add=("Reclamo",), flag=DUE, stamp=("2026-004512",)))
        box.marks.set(box.found(1), MarkChange(flag=DONE))
        box.marks.move(box.found(1), NAMED)
        named = {name for _, name in box.server.updates}
        assert {name for name in named if name[:2] != "0x" and name[:36] not in (TASK, COMMON)} == {
            "item:Categories",
            STAMP,
        }
        assert {name for name in named if name.startswith("0x")} == {
            "0x1090:Integer",
            "0x1091:SystemTime",
            "0x1095:Integer",
            "0x0e2b:Integer",
        }

    def test_a_stamp_longer_than_a_search_tells_is_read_whole(self, box: EwsMarkBox) -> None:
        box.deliver(1)
        orders = tuple(f"2026-{number:06d}" for number in range(40))
        box.marks.set(box.found(1), MarkChange(stamp=orders))
        assert box.found(1).stamp == orders


class TestWhere:
    def test_a_mail_is_found_in_a_folder_made_since_the_folders_were_listed(self, box: EwsMarkBox) -> None:
        key = box.deliver(1)
        before = box.found(1, key)
        made = box.mailbox.add_folder("Reclamos")
        box.mailbox.move(box.item(1), made.id)
        after = box.marks.find(wanted(1, key, item=before.item))
        assert after is not None
        assert (after.folder, after.item) == ("Reclamos", box.item(1).id)

    def test_a_mail_is_found_though_the_folder_where_it_was_read_is_gone(self, box: EwsMarkBox) -> None:
        made = box.mailbox.add_folder("Archivo")
        box.deliver(1)
        box.mailbox.move(box.item(1), made.id)
        key = MailKey(mailbox="ana", folder="Archivo", validity=1, uid=1)
        assert box.found(1, key).folder == "Archivo"
        box.mailbox.move(box.item(1), box.mailbox.known["inbox"])
        del box.mailbox.folders[made.id]
        assert box.found(1, key).folder == "INBOX"

    def test_a_mail_that_lies_where_it_was_read_costs_no_list_of_folders(self, box: EwsMarkBox) -> None:
        key = box.deliver(1)
        box.found(1, key)
        before = len(box.server.requests)
        box.found(1, key)
        assert box.server.requests[before:] == ["FindItem", "GetItem"]

    def test_what_changed_while_the_last_look_went_on_is_looked_at_once_more(self, box: EwsMarkBox) -> None:
        for number in (1, 2):
            box.deliver(number)
        box.person_sets(2, categories=("Documentos",))
        token = box.marks.look(["INBOX"], named=[], token=MORNING.isoformat(), since=MORNING).token
        box.item(1).categories, box.item(1).modified_at = ["Reclamo"], box.server.now - timedelta(seconds=30)
        look = box.marks.look(["INBOX"], named=[], token=token, since=MORNING)
        assert ("Reclamo",) in [mail.categories for mail in look.mails]


class TestFaults:
    def test_a_busy_server_is_waited_out(self, box: EwsMarkBox) -> None:
        box.deliver(1)
        read = box.found(1)
        box.server.script.faults.append(EwsFault(match="UpdateItem", fault="ErrorServerBusy", back_off=3000))
        assert box.marks.set(read, MarkChange(add=("Reclamo",))) is not None
        assert 3.0 <= box.pauses[0] <= 3.75

    def test_a_change_whose_answer_was_lost_is_read_again_and_not_made_twice(self, box: EwsMarkBox) -> None:
        box.deliver(1)
        read = box.found(1)
        box.server.script.faults.append(EwsFault(match="UpdateItem", after=True))
        with pytest.raises(MailChanged):
            box.marks.set(read, MarkChange(add=("Reclamo",)))
        again = box.found(1)
        assert again.categories == ("Reclamo",)
        assert box.marks.set(again, MarkChange(add=("Reclamo",))) == again

    def test_a_move_whose_answer_was_lost_is_not_asked_for_again(self, box: EwsMarkBox) -> None:
        key = box.deliver(1)
        read = box.found(1, key)
        box.server.script.faults.append(EwsFault(match="MoveItem", after=True))
        with pytest.raises(MailboxUnavailable):
            box.marks.move(read, NAMED)
        assert box.server.requests.count("MoveItem") == 1
        found = box.marks.find(wanted(1, key, item=read.item))
        assert found is not None
        assert (found.folder, found.item != read.item) == (NAMED, True)


class TestRefusals:
    def test_what_one_mail_does_not_take_is_refused_and_the_rest_of_its_marks_is_set(self, box: EwsMarkBox) -> None:
        box.deliver(1)
        read = box.found(1)
        box.server.script.faults.append(EwsFault(match="UpdateItem", code="ErrorInvalidPropertySet", times=2))
        with pytest.raises(MarkRefused, match="ErrorInvalidPropertySet"):
            box.marks.set(read, MarkChange(add=("Reclamo",), flag=DUE, stamp=("2026-004512",)))
        found = box.found(1)
        assert (found.categories, found.flag, found.stamp) == ((), DUE, ("2026-004512",))

    def test_what_is_wrong_with_the_server_is_no_mails_fault(self, box: EwsMarkBox) -> None:
        box.deliver(1)
        read = box.found(1)
        box.server.script.faults.append(EwsFault(match="UpdateItem", code="ErrorMailboxStoreUnavailable", times=9))
        with pytest.raises(MailboxUnavailable):
            box.marks.set(read, MarkChange(add=("Reclamo",)))


class TestPermissions:
    def test_an_account_that_may_only_read_is_told_which_right_it_lacks(self, reader: EwsMarkBox) -> None:
        with pytest.raises(
            MailboxRefused, match=r"modificar ni mover los correos de la carpeta «INBOX»: dele «Full Access»"
        ):
            reader.marks.check(list(Switch))
        with pytest.raises(MailboxRefused, match="no puede modificar los correos"):
            reader.marks.check([Switch.FLAGS])

    def test_it_is_refused_when_it_tries(self, reader: EwsMarkBox) -> None:
        reader.deliver(1)
        for attempt in (
            lambda: reader.marks.set(reader.found(1), MarkChange(add=("Reclamo",))),
            lambda: reader.marks.move(reader.found(1), NAMED),
            lambda: reader.marks.prepare({"Reclamo": Colour.RED}),
        ):
            with pytest.raises(MailboxRefused, match="Full Access"):
                attempt()

    def test_a_calendar_that_may_not_be_changed_is_named(self) -> None:
        script = EwsScript(delegates={ADDRESS: {SERVICE}}, readers={f"{ADDRESS}/calendar": {SERVICE}})
        box = EwsMarkBox(script, rights=EwsRights.DELEGATE)
        assert box.marks.check([Switch.FLAGS])
        with pytest.raises(MailboxRefused, match="cambiar el calendario, donde Outlook guarda la lista"):
            box.marks.check([Switch.CATEGORIES])
        box.close()


class TestColours:
    def test_the_list_is_begun_where_there_is_none(self, box: EwsMarkBox) -> None:
        box.marks.prepare({mark.value: COLOURS[mark] for mark in MarkName})
        assert box.colours() == {
            "Reclamo": "0",
            "Contingencia": "1",
            "Requerimiento": "7",
            "Documentos": "4",
            "Revisar": "3",
        }
        assert b'<categories xmlns="CategoryList.xsd"' in box.mailbox.configurations[LIST]

    def test_what_people_have_in_it_stays_to_the_letter(self, box: EwsMarkBox) -> None:
        box.person_colours("Andina", Colour.GREEN)
        before = box.mailbox.configurations[LIST].decode().partition("<category ")[2].partition("/>")[0]
        box.marks.prepare({"Reclamo": Colour.RED})
        after = box.mailbox.configurations[LIST].decode()
        assert before.strip() in after
        assert 'default="Cliente"' in after
        assert box.colours() == {"Andina": "4", "Reclamo": "0"}

    def test_nothing_is_written_when_nothing_is_missing(self, box: EwsMarkBox) -> None:
        box.person_colours("RECLAMO", Colour.GREEN)
        box.marks.prepare({"Reclamo": Colour.RED})
        assert "UpdateUserConfiguration" not in box.server.requests

    @pytest.mark.parametrize("document", [b"<categories", b"<otra/>", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'])
    def test_a_list_that_is_not_understood_is_left_alone_and_check_says_so(
        self, box: EwsMarkBox, document: bytes
    ) -> None:
        box.mailbox.configurations[LIST] = document
        box.marks.prepare({"Reclamo": Colour.RED})
        assert box.mailbox.configurations[LIST] == document
        assert "se verán sin color" in " ".join(box.marks.check([Switch.CATEGORIES]))

    def test_check_says_which_are_still_to_come(self, box: EwsMarkBox) -> None:
        box.person_colours("Reclamo", Colour.RED)
        assert "por crear: Contingencia, Requerimiento, Documentos, Revisar" in " ".join(
            box.marks.check([Switch.CATEGORIES])
        )
