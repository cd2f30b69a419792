"""Which identifiers a dispatch carries, in their normal form."""

from mailbot.domain.identifiers import is_full, is_one_slip, is_same_bl, normal_form, vessel_keys
from mailbot.domain.labels import ReferenceKind
from mailbot.domain.office import Dispatch


def identifiers_of(dispatch: Dispatch, kind: ReferenceKind) -> tuple[str, ...]:
    """The dispatch's identifiers of one kind."""
    return tuple(normal_form(kind, text) for text in _written(dispatch, kind) if text)


def carries(dispatch: Dispatch, kind: ReferenceKind, canonical: str) -> bool:
    """Whether the dispatch carries this identifier; a partial number is carried by its end."""
    own = identifiers_of(dispatch, kind)
    match kind:
        case ReferenceKind.BL:
            return any(is_same_bl(canonical, text) for text in own)
        case ReferenceKind.VESSEL:
            return any(text in vessel_keys(canonical) or canonical in vessel_keys(text) for text in own)
        case ReferenceKind.ORDER | ReferenceKind.DAM if not is_full(kind, canonical):
            return any(text.endswith(f"-{canonical}") for text in own)
        case _:
            return canonical in own


def carries_nearly(dispatch: Dispatch, kind: ReferenceKind, canonical: str) -> bool:
    """Whether the dispatch carries an identifier that differs by one typing error."""
    return any(is_one_slip(canonical, text) for text in identifiers_of(dispatch, kind))


def _written(dispatch: Dispatch, kind: ReferenceKind) -> tuple[str, ...]:
    match kind:
        case ReferenceKind.ORDER:
            return (dispatch.order,)
        case ReferenceKind.DAM:
            return (dispatch.dam or "",)
        case ReferenceKind.BL:
            return dispatch.bls
        case ReferenceKind.AWB:
            return dispatch.awbs
        case ReferenceKind.CONTAINER:
            return dispatch.containers
        case ReferenceKind.INVOICE:
            return dispatch.invoices
        case ReferenceKind.PO:
            return dispatch.purchase_orders
        case ReferenceKind.RUC:
            return (dispatch.ruc,)
        case ReferenceKind.VESSEL:
            return (f"{dispatch.vessel} {dispatch.voyage}".strip(),)
