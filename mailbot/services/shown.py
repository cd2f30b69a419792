"""What a mail is to bear: its labels, its dispatch, and the flag of what is owed. And what that changes."""

from collections.abc import Collection, Sequence

from mailbot.domain.marking import KeptMarks, our_names
from mailbot.domain.marks import NO_FLAG, Flag, FlagState, Marks, Switch, mark_named, names_for
from mailbot.domain.obligation import Obligation, ObligationState
from mailbot.ports.marks import Ability, MarkChange, MarkedMail
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import StoredMessage
from mailbot.services.outlook import Place
from mailbot.services.word_replan import own_obligations


def marks_for(place: Place, kept: KeptMarks, message: StoredMessage | None, uow: UnitOfWork) -> tuple[Marks, str]:
    """What the mail is to bear, and the obligation that its flag stands for."""
    switches, orders = place.switches, message.orders if message else ()
    names: list[str] = []
    if Switch.CATEGORIES in switches:
        names += names_for(message.verdict if message else None)
    if Switch.DISPATCH in switches:
        names += [order for order in orders if order not in kept.refused]
    flag, obligation = kept.asked, kept.obligation
    if Switch.FLAGS in switches and not kept.is_flag_left and message is not None:
        flag, obligation = _flag(kept, _owed_here(place, message, uow))
    stamp = orders if Switch.STAMP in switches else kept.marks.stamp
    return Marks(categories=tuple(names), flag=flag, stamp=stamp), obligation


def _owed_here(place: Place, message: StoredMessage, uow: UnitOfWork) -> Sequence[Obligation]:
    """What the message opened that is to be flagged in this mailbox: in its owner's own, where that has the mail."""
    person = uow.records.staff_by_address(place.box.address)
    boxes = [place.desk.box(kept.mailbox) for kept in uow.marks.of_message(message.id)]
    people = (uow.records.staff_by_address(box.address) for box in boxes)
    covered = {other.code for other in people if other is not None}
    own = own_obligations(message, uow)
    return [item for item in own if item.owner not in covered or (person is not None and item.owner == person.code)]


def _flag(kept: KeptMarks, owed: Sequence[Obligation]) -> tuple[Flag, str]:
    """The flag for what is due first; ended when nothing is owed any more."""
    open_ones = sorted((item for item in owed if item.is_open), key=lambda item: (item.due_at, item.id))
    if open_ones:
        return flag_for(open_ones[0]), open_ones[0].id
    carried = next((item for item in owed if item.id == kept.obligation), None)
    if carried is None:
        # Never flagged, or handed to somebody else.
        return NO_FLAG, kept.obligation
    return flag_for(carried), carried.id


def flag_for(obligation: Obligation) -> Flag:
    """The flag that says how an obligation stands."""
    if obligation.state is ObligationState.MET:
        return Flag(state=FlagState.COMPLETE, completed_at=obligation.ended_at)
    if obligation.state is ObligationState.CANCELLED:
        return NO_FLAG
    # Outlook keeps whole minutes.
    due_at = obligation.due_at.replace(second=0, microsecond=0)
    starts_at = min(obligation.starts_at.replace(second=0, microsecond=0), due_at)
    return Flag(state=FlagState.FLAGGED, starts_at=starts_at, due_at=due_at)


def change_for(place: Place, kept: KeptMarks, mail: MarkedMail, wanted: Marks) -> MarkChange:
    """The difference, as far as the server can keep it and the office wants it."""
    switches = place.switches
    present, ours = our_names(mail.categories), set(kept.marks.categories)
    mine = {name for name in ours | set(wanted.categories) if _is_switched_on(name, switches)}
    can_name = Ability.CATEGORIES in place.can
    wants_flag = Switch.FLAGS in switches and not kept.is_flag_left and wanted.flag != kept.asked
    wants_stamp = Switch.STAMP in switches and Ability.STAMPS in place.can and wanted.stamp != mail.stamp
    return MarkChange(
        add=tuple(name for name in wanted.categories if name in mine and name not in present) if can_name else (),
        remove=tuple(sorted(mine & ours & present - set(wanted.categories))) if can_name else (),
        flag=wanted.flag if wants_flag else None,
        stamp=wanted.stamp if wants_stamp else None,
    )


def _is_switched_on(name: str, switches: Collection[Switch]) -> bool:
    return (Switch.CATEGORIES if mark_named(name) else Switch.DISPATCH) in switches


def folder_for(place: Place, kept: KeptMarks, message: StoredMessage | None, mail: MarkedMail) -> str:
    """The name of the folder that the mail is to be put into; only from where it arrived, and only once."""
    if Switch.FOLDERS not in place.switches or kept.is_filed or mail.folder != kept.key.folder:
        return ""
    names = names_for(message.verdict if message else None)
    return names[0] if names else ""
