"""An office's own checklist: what it may say, and how its faults are told."""

import pytest

from mailbot.domain.checklist import Need, missing_documents, shipped_checklist
from mailbot.domain.checklist_file import copy_to_start_from, read_checklist
from mailbot.domain.errors import OfficeFileRejected
from mailbot.domain.labels import DocumentType
from mailbot.domain.office import Dispatch, Transport

PAPERS = {DocumentType.BILL_OF_LADING, DocumentType.COMMERCIAL_INVOICE}
IMPORT_BY_SEA = Dispatch(order="2026-000001", ruc="20131312955", regime="10", transport=Transport.MARITIMA)
ROW = """[[row]]
key = "insurance"
document = "insurance_policy"
need = "mandatory"
name_es = "póliza"
name_en = "policy"
"""


def test_the_office_replaces_and_removes_rows_by_their_key() -> None:
    checklist = read_checklist(ROW + '[[row]]\nkey = "packing-list"\nneed = "none"\n')

    missing = missing_documents(IMPORT_BY_SEA, PAPERS, checklist=checklist)
    assert missing == (DocumentType.INSURANCE_POLICY,)


def test_the_copy_to_start_from_says_what_ours_says() -> None:
    assert read_checklist(copy_to_start_from()) == shipped_checklist()


def test_a_row_deleted_from_a_whole_list_is_gone() -> None:
    head, _, rows = copy_to_start_from().partition("[[row]]")
    kept = [row for row in rows.split("[[row]]") if 'key = "packing-list"' not in row]

    checklist = read_checklist(head + "".join(f"[[row]]{row}" for row in kept))

    assert len(checklist) == len(shipped_checklist()) - 1
    assert missing_documents(IMPORT_BY_SEA, PAPERS, checklist=checklist) == ()


def test_a_whole_list_holds_nothing_of_ours() -> None:
    (row,) = read_checklist(f"complete = true\n{ROW}")

    assert (row.key, row.need, row.name_es) == ("insurance", Need.MANDATORY, "póliza")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("[[row]]\nkey = x\n", "línea 2: no es TOML válido", id="no toml"),
        pytest.param("[[rows]]\n", "no existe «rows»: cada fila empieza con [[row]]", id="rows instead of row"),
        pytest.param("[row]\n", "con dos corchetes", id="a table instead of a list"),
        pytest.param("complete = true\n", "no tiene ninguna fila", id="no row"),
        pytest.param('complete = "sí"\n' + ROW, "«complete» debe ser true o false", id="complete is no text"),
        pytest.param(
            ROW.replace("mandatory", "obligatory"),
            "línea 4: fila «insurance», need: «obligatory» no existe",
            id="unknown need",
        ),
        pytest.param(
            ROW.replace("insurance_policy", "insurance_polcy"),
            "línea 3: fila «insurance», document: «insurance_polcy» no existe; ¿quiso decir «insurance_policy»?",
            id="unknown document",
        ),
        pytest.param(
            ROW.replace("name_en", "nombre_en"), "línea 6: fila «insurance», nombre_en: no existe", id="unknown key"
        ),
        pytest.param(ROW.replace("name_en", "#"), "línea 1: fila «insurance», name_en: falta", id="a name is missing"),
        pytest.param(ROW.replace("key", "#"), "línea 1: fila sin clave, key: falta", id="no key"),
        pytest.param(ROW + 'regimes = "10"', "línea 7: fila «insurance», regimes: debe ser una lista", id="no list"),
        pytest.param(ROW + "regimes = [10]", "línea 7: fila «insurance», regimes: debe ser una lista", id="no text"),
        pytest.param(ROW + 'regimes = ["diez"]', "regimes: «diez» no es un régimen", id="no regime"),
        pytest.param(
            ROW + 'transports = ["marítima"]', "transports: «marítima» no existe; ¿quiso decir «maritima»?", id="way"
        ),
        pytest.param(ROW + ROW, "línea 8: la clave «insurance» ya la tiene otra fila", id="the same key twice"),
        pytest.param(
            '[[row]]\nkey = "paking-list"\nneed = "none"\n',
            "línea 2: no hay «paking-list» que quitar; ¿quiso decir «packing-list»?",
            id="takes away what is not there",
        ),
    ],
)
def test_a_fault_is_told_with_its_line_and_what_to_do(text: str, told: str) -> None:
    with pytest.raises(OfficeFileRejected) as refused:
        read_checklist(text, name="lista.toml")

    assert any(told in str(fault) for fault in refused.value.faults), list(map(str, refused.value.faults))
    assert all(str(fault).startswith("lista.toml") for fault in refused.value.faults)


def test_all_faults_are_told_at_once() -> None:
    text = ROW.replace("mandatory", "x") + ROW.replace("insurance_policy", "y").replace('"insurance"', '"other"')

    with pytest.raises(OfficeFileRejected) as refused:
        read_checklist(text)

    assert len(refused.value.faults) == 2
