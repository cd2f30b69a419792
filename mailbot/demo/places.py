"""Where the mail of the demo's office can lie: the mails, people and days are the same on all of them."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager

from mailbot.demo.place import Clock, Place
from mailbot.demo.place_ews import ews_place
from mailbot.demo.place_graph import graph_place
from mailbot.demo.place_imap import imap_place

# How each kind is opened; the first is the demo's without a choice.
PLACES: Mapping[str, Callable[[Sequence[str], Clock], AbstractContextManager[Place]]] = {
    "imap": imap_place,
    "graph": graph_place,
    "ews": ews_place,
}
