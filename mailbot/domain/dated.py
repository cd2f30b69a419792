"""Dates of a dispatch that the law or the regime sets: regularisation and the end of a regime.

The rulings are those of `contract.md`, "Dated kinds"; legal terms come from `terms.toml`.
"""

from dataclasses import dataclass
from datetime import date

from mailbot.domain.obligation import ObligationKind
from mailbot.domain.office import Dispatch
from mailbot.domain.policy import Policy, StartDate
from mailbot.domain.terms import Term, term

# Channels in which customs looks at papers or goods, so that release may come late.
_LATE_CHANNELS = ("naranja", "rojo", "n", "r")


@dataclass(frozen=True, kw_only=True)
class Regularization:
    """Start and legal end of a regularisation, with the terms they were reckoned by."""

    started_on: date
    event: str
    legal_on: date
    legal: Term

    @property
    def words(self) -> str:
        """The legal term in words."""
        return f"{self.legal.amount} días calendario desde {self.legal.event}"


def regularization_of(dispatch: Dispatch, policy: Policy) -> Regularization | None:
    """The dates of a dispatch's regularisation; None when it needs none or its start is not known yet."""
    is_leaving = policy.is_leaving(dispatch.regime)
    began = StartDate.LOADING_ENDED if is_leaving else StartDate.DISCHARGE_ENDED
    started_on = dispatch.loading_ended_on if is_leaving else dispatch.discharge_ended_on
    is_owed = dispatch.needs_regularization and policy.is_begun_by(ObligationKind.REGULARIZATION, began)
    if not is_owed or started_on is None:
        return None
    legal = term("regularization_export" if is_leaving else "regularization_import", started_on)
    legal_on = legal.end(started_on)
    if not is_leaving and _is_released_late(dispatch, legal_on):
        legal = term("regularization_import_late_release", started_on)
        legal_on = legal.end(dispatch.released_on or started_on)
    event = "término del embarque" if is_leaving else "término de la descarga"
    return Regularization(started_on=started_on, event=event, legal_on=legal_on, legal=legal)


def regime_started_on(dispatch: Dispatch) -> date | None:
    """When a regime's term began: numbering for a warehouse (LGA 89), release for the others (LGA 56, 70)."""
    if dispatch.regime == "70":
        return dispatch.numbered_on or dispatch.released_on
    return dispatch.released_on or dispatch.numbered_on


def _is_released_late(dispatch: Dispatch, legal_on: date) -> bool:
    """Whether an inspected dispatch was released only after its term (PG.01 VII.B.3)."""
    is_inspected = dispatch.channel.strip().casefold() in _LATE_CHANNELS
    return is_inspected and dispatch.released_on is not None and dispatch.released_on > legal_on
