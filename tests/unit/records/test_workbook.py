"""The office file is read as the contract says, and every fault is named where a person sees it."""

from datetime import UTC, date, datetime, time
from pathlib import Path
from tempfile import mkdtemp

import pytest

from mailbot.domain.errors import OfficeFileRejected
from mailbot.domain.office import CalendarName, Language, Modality, Office, Role, Transport
from mailbot.records.workbook import read_dispatches, read_office
from tests.unit.records.books import OTHER_RUC, RUC, Sheets, put, valid, write_book, write_folder


def read(tmp_path: Path, sheets: Sheets, known: Office | None = None) -> Office:
    return read_office(write(tmp_path, sheets), known=known)


def write(tmp_path: Path, sheets: Sheets) -> Path:
    """A workbook where a cell is no text, else the quicker CSV folder: both give the same office (see below)."""
    cells = [cell for rows in sheets.values() for row in rows for cell in row]
    if all(cell is None or isinstance(cell, str) for cell in cells) and all(sheets.values()):
        return write_folder(Path(mkdtemp(dir=tmp_path)) / "hojas", sheets)
    return write_book(tmp_path / "oficina.xlsx", sheets)


def faults(tmp_path: Path, sheets: Sheets) -> list[str]:
    with pytest.raises(OfficeFileRejected) as rejected:
        read(tmp_path, sheets)
    return [str(fault) for fault in rejected.value.faults]


def test_a_valid_book_becomes_an_office(tmp_path: Path) -> None:
    office = read(tmp_path, valid())

    first = office.dispatches[0]
    assert office.staff[1].role is Role.ESC
    assert (office.staff[1].absent_from, office.staff[1].absent_until) == (date(2026, 11, 16), date(2026, 11, 18))
    assert office.clients[0].domains == ("textilesdelande.example",)
    assert (office.clients[0].has_credit, office.clients[1].has_credit) == (True, False)
    assert office.clients[1].language is Language.ES
    assert (first.modality, first.transport) == (Modality.ANTICIPADO, Transport.MARITIMA)
    assert first.containers == ("CSQU3054383",)
    assert first.eta == datetime(2026, 11, 20, 13, 0, tzinfo=UTC)
    assert office.programmes[0].only_changes
    assert office.holidays[0].calendar is CalendarName.EMPRESA
    assert office.holidays[0].windows == ((time(9), time(13)),)


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("cp1252", ";"), ("cp1252", ",")],
    ids=["utf-8 comma", "utf-8 with BOM semicolon", "Windows-1252 semicolon", "Windows-1252 comma"],
)
def test_a_csv_folder_gives_the_same_office_as_the_workbook(tmp_path: Path, encoding: str, delimiter: str) -> None:
    folder = write_folder(tmp_path / "hojas", valid(), encoding=encoding, delimiter=delimiter)

    assert read_office(folder) == read_office(write_book(tmp_path / "oficina.xlsx", valid()))


def test_headings_and_sheets_are_matched_without_case_accents_and_extra_blanks(tmp_path: Path) -> None:
    sheets = valid()
    sheets["  PERSONAL "] = sheets.pop("Personal")
    sheets["  PERSONAL "][0][0] = " Código "
    sheets["Despachos"][0][4] = "VÍA"
    sheets["Personal"] = sheets.pop("  PERSONAL ")

    assert read(tmp_path, sheets) == read(tmp_path, valid())


def test_optional_sheets_may_be_missing_and_keep_what_was_known(tmp_path: Path) -> None:
    known = read(tmp_path, valid())
    sheets = {name: rows for name, rows in valid().items() if name in ("Personal", "Clientes", "Despachos")}

    assert read(tmp_path, sheets, known=known) == known


def test_blank_rows_are_skipped_and_do_not_shift_the_row_numbers(tmp_path: Path) -> None:
    sheets = valid()
    sheets["Clientes"].insert(2, [None, " ", None])
    put(sheets, "Clientes", 4, "credito", "quizá")

    assert faults(tmp_path, sheets) == ["Clientes, fila 4, columna credito: se lee «quizá»; escriba «sí» o «no»"]


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    sheets = valid()
    put(sheets, "Personal", 2, "correo", "rquispe")
    put(sheets, "Clientes", 2, "esc", "ESC9")
    put(sheets, "Despachos", 3, "eta", "31/02/2026")

    found = faults(tmp_path, sheets)

    assert [text.partition(":")[0] for text in found] == [
        "Personal, fila 2, columna correo",
        "Clientes, fila 2, columna esc",
        "Despachos, fila 3, columna eta",
    ]


FAULTS = {
    "address without domain": ("Personal", 2, "correo", "rquispe@", "no es un correo"),
    "address with a name": ("Personal", 2, "correo", "Rosa <r@agencia.example>", "no es un correo"),
    "unknown role": ("Personal", 2, "rol", "EJECUTIVO", "elija ESC, ASC"),
    "required cell empty": ("Personal", 2, "nombre", None, "obligatorio"),
    "unknown chief": ("Personal", 2, "jefe", "SUP1", "¿quiso decir «SUP01»?"),
    "own deputy": ("Personal", 2, "suplente", "esc01", "misma persona"),
    "ring of chiefs": ("Personal", 5, "jefe", "ESC01", "círculo"),
    "code twice": ("Personal", 3, "codigo", "esc01", "repite codigo de la fila 2"),
    "address twice": ("Personal", 3, "correo", "RQUISPE@agencia.example", "ya es de «ESC01»"),
    "absence backwards": ("Personal", 3, "ausente_hasta", "15/11/2026", "termina antes de empezar"),
    "wrong RUC digit": ("Clientes", 2, "ruc", "20512345672", "dígito de control"),
    "short RUC": ("Clientes", 2, "ruc", 2051234567, "11 dígitos"),
    "RUC twice": ("Clientes", 3, "ruc", RUC, "repite ruc de la fila 2"),
    "ESC that is an ASC": ("Clientes", 2, "esc", "ASC01", "tiene el rol ASC"),
    "ASC that is an ESC": ("Clientes", 2, "asc", "ESC02", "tiene el rol ESC"),
    "public mail provider": ("Clientes", 2, "dominios", "textilesdelande.example, gmail.com", "correo público"),
    "public provider of a country": ("Clientes", 2, "dominios", "hotmail.com.pe", "correo público"),
    "address as a domain": ("Clientes", 2, "dominios", "comex@textiles.example", "no es un dominio"),
    "the office's own domain": ("Clientes", 2, "dominios", "agencia.example", "propia agencia"),
    "credit maybe": ("Clientes", 2, "credito", "tal vez", "«sí» o «no»"),
    "unknown language": ("Clientes", 2, "idioma", "fr", "elija es o en"),
    "contact of nobody": ("Contactos", 2, "ruc", "20131312955", "no está en la hoja Clientes"),
    "unknown obligation": ("Acuerdos", 2, "obligacion", "documentos", "elija reply"),
    "limit without unit": ("Acuerdos", 2, "plazo", "pronto", "no se entiende el plazo"),
    "agreement backwards": ("Acuerdos", 2, "hasta", "01/01/2025", "termina antes"),
    "order without a year": ("Despachos", 2, "orden", "4512", "2026-004512"),
    "dispatch of nobody": ("Despachos", 2, "ruc", "20131312955", "no está en la hoja Clientes"),
    "regime unknown": ("Despachos", 2, "regimen", "11", "no existe"),
    "modality missing": ("Despachos", 2, "modalidad", None, "anticipado, diferido o urgente"),
    "modality unknown": ("Despachos", 2, "modalidad", "anticipada", "elija anticipado"),
    "transport unknown": ("Despachos", 2, "via", "mar", "elija maritima"),
    "DAM without its parts": ("Despachos", 2, "dam", "84512", "118-2026-10-084512"),
    "container short": ("Despachos", 2, "contenedores", "CSQU305438", "cuatro letras y siete dígitos"),
    "one container of two": ("Despachos", 2, "contenedores", "CSQU3054383; 40HC", "«40HC»"),
    "date the American way": ("Despachos", 2, "eta", "11/20/2026", "no existe"),
    "date in words": ("Despachos", 2, "eta", "20 de noviembre", "dd/mm/aaaa"),
    "date as a number": ("Despachos", 2, "eta", 46000, "no es una fecha"),
    "time out of range": ("Despachos", 2, "eta", "20/11/2026 25:00", "hh:mm"),
    "state unknown": ("Despachos", 2, "estado", "Volando", "no es conocido"),
    "office of customs": ("Despachos", 2, "aduana", "Callao", "tres dígitos"),
    "frequency": ("Status", 2, "frecuencia", "a veces", "diario 09:00"),
    "frequency hour": ("Status", 2, "frecuencia", "diario 25:00", "diario 09:00"),
    "no recipients": ("Status", 2, "destinatarios", "", "obligatorio"),
    "one bad recipient": ("Status", 2, "destinatarios", "comex@textiles.example; jefe", "«jefe» no es un correo"),
    "hours of a half day": ("Feriados", 2, "jornada", "13:00-09:00", "09:00-13:00"),
    "calendar": ("Feriados", 2, "calendario", "aduanas", "elija empresa o sunat"),
    "Excel error": ("Clientes", 2, "nombre", "#N/A", "error de Excel"),
}  # fmt: skip


@pytest.mark.parametrize(("sheet", "row", "column", "value", "says"), FAULTS.values(), ids=FAULTS)
def test_a_fault_names_its_sheet_row_and_column(
    tmp_path: Path, sheet: str, row: int, column: str, value: object, says: str
) -> None:
    found = faults(tmp_path, put(valid(), sheet, row, column, value))

    if says is None:
        assert any("sin dominios" in text and text.startswith("Clientes, fila 3, columna dominios") for text in found)
    else:
        assert any(text.startswith(f"{sheet}, fila {row}, columna {column}: ") and says in text for text in found), (
            found
        )


TWO = ("CSQU3054383", "MSKU1234565")
GOOD = {
    "order with prefix": ("orden", "OA-2026-4512", "order", "2026-004512"),
    "order as ten digits that Excel made a number": ("orden", 2026004512.0, "order", "2026-004512"),
    "order with a short year": ("orden", "26-004512", "order", "2026-004512"),
    "regime as a number": ("regimen", 10.0, "regime", "10"),
    "customs office that lost its zero": ("aduana", 46, "customs_office", "046"),
    "DAM in another order": ("dam", "118-10-2026-84512", "dam", "118-2026-10-084512"),
    "DAM with its tail": ("dam", "118-2026-10-084512-01-6-00", "dam", "118-2026-10-084512"),
    "two containers on two lines": ("contenedores", "CSQU3054383\nMSKU 123456-5", "containers", TWO),
    "container with a doubtful digit": ("contenedores", "CSQU3054384", "containers", ("CSQU3054384",)),
    "master and house": ("bl", "maeu262731845; SHA-0117", "bls", ("MAEU262731845", "SHA-0117")),
    "waybill without hyphen": ("awb", 13912345675, "awbs", ("139-12345675",)),
    "waybill with a blank": ("awb", "139-1234 5675", "awbs", ("139-12345675",)),
    "bare date": ("eta", "5/1/2026", "eta", datetime(2026, 1, 5, 5, 0, tzinfo=UTC)),
    "real date and time": ("eta", datetime(2026, 11, 20, 8, 30), "eta", datetime(2026, 11, 20, 13, 30, tzinfo=UTC)),  # noqa: DTZ001
    "time a breath early": ("eta", datetime(2026, 11, 20, 8, 29, 59, 999_900), "eta", datetime(2026, 11, 20, 13, 30, tzinfo=UTC)),  # noqa: DTZ001, E501
    "ISO date": ("eta", "2026-11-20", "eta", datetime(2026, 11, 20, 5, 0, tzinfo=UTC)),
    "transport with accent": ("via", "Marítima", "transport", Transport.MARITIMA),
    "state in other letters": ("estado", "LEVANTE AUTORIZADO", "status", "Levante autorizado"),
    "closed file": ("estado", "File en archivo - cerrado", "status", "File en Archivo: cerrado"),
    "free days": ("dias_libres", 14.0, "free_days", 14),
    "real date": ("fecha_levante", datetime(2026, 11, 12), "released_on", date(2026, 11, 12)),  # noqa: DTZ001
}  # fmt: skip


@pytest.mark.parametrize(("column", "value", "field", "expected"), GOOD.values(), ids=GOOD)
def test_a_cell_is_brought_to_its_normal_form(
    tmp_path: Path, column: str, value: object, field: str, expected: object
) -> None:
    office = read(tmp_path, put(valid(), "Despachos", 2, column, value))

    assert getattr(office.dispatches[0], field) == expected


@pytest.mark.parametrize(
    "written", ["Diario 9:00", "lunes, miércoles y viernes 16:00", "vie,lun 08:00", "cada 2 dias 08:30"]
)
def test_a_frequency_is_kept_as_written(tmp_path: Path, written: str) -> None:
    assert read(tmp_path, put(valid(), "Status", 2, "frecuencia", written)).programmes[0].frequency == written


def test_an_empty_modality_is_fine_where_the_regime_has_none(tmp_path: Path) -> None:
    assert read(tmp_path, valid()).dispatches[1].modality is None


def test_two_clients_of_one_group_may_share_a_domain(tmp_path: Path) -> None:
    office = read(tmp_path, put(valid(), "Clientes", 3, "dominios", "textilesdelande.example"))

    assert office.clients[0].domains == office.clients[1].domains


def test_a_code_in_other_letters_is_brought_to_that_of_personal(tmp_path: Path) -> None:
    assert read(tmp_path, put(valid(), "Clientes", 2, "esc", "esc01")).clients[0].esc == "ESC01"


@pytest.mark.parametrize("sheet", ["Personal", "Clientes", "Despachos"])
def test_a_missing_required_sheet_is_a_fault(tmp_path: Path, sheet: str) -> None:
    sheets = valid()
    del sheets[sheet]

    assert any(text.startswith(f"{sheet}: falta esta hoja") for text in faults(tmp_path, sheets))


def test_an_unknown_sheet_is_a_fault_with_the_nearest_name(tmp_path: Path) -> None:
    sheets = valid() | {"Despacho": [["orden"]]}

    assert faults(tmp_path, sheets) == ["Despacho: esta hoja no se conoce; ¿quiso decir «Despachos»?"]


def test_an_empty_extra_sheet_is_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, valid() | {"Hoja1": []}) == read(tmp_path, valid())


def test_an_unknown_column_is_a_fault_with_the_nearest_name(tmp_path: Path) -> None:
    sheets = put(valid(), "Personal", 2, "corero", None)

    assert faults(tmp_path, sheets) == [
        "Personal, fila 1, columna corero: esta columna no se conoce; ¿quiso decir «correo»?"
    ]


def test_a_missing_required_column_is_a_fault(tmp_path: Path) -> None:
    sheets = valid()
    for row in sheets["Clientes"]:
        del row[2]

    assert "Clientes, fila 1, columna dominios: falta esta columna; añádala" in faults(tmp_path, sheets)


def test_a_repeated_column_is_a_fault(tmp_path: Path) -> None:
    sheets = valid()
    sheets["Clientes"][0].append("NOMBRE")

    assert faults(tmp_path, sheets) == ["Clientes, fila 1, columna NOMBRE: la columna está repetida; deje una"]


def test_a_value_without_heading_is_a_fault(tmp_path: Path) -> None:
    sheets = valid()
    sheets["Feriados"][1].extend([None, "perdido"])

    assert faults(tmp_path, sheets)[0].startswith("Feriados, fila 2, columna F: hay un valor")


def test_a_client_without_domains_needs_a_contact(tmp_path: Path) -> None:
    sheets = valid()
    del sheets["Contactos"][1]

    (found,) = faults(tmp_path, sheets)

    assert found.startswith("Clientes, fila 3, columna dominios: sin dominios no se reconoce a este cliente")


def test_one_slip_in_a_row_does_not_make_the_row_unknown_to_others(tmp_path: Path) -> None:
    found = faults(tmp_path, put(valid(), "Clientes", 2, "credito", "quizá"))

    assert len(found) == 1


def test_a_dispatch_export_keeps_what_it_has_no_column_for(tmp_path: Path) -> None:
    office = read(tmp_path, valid())
    path = tmp_path / "clinet.csv"
    path.write_text(
        f"orden;ruc;regimen;modalidad;via;estado\n2026/4512;{RUC};10;anticipado;marítima;DAM numerada\n",
        encoding="cp1252",
    )

    (dispatch,) = read_dispatches(path, office=office)

    assert dispatch.status == "DAM numerada"
    assert dispatch.bls == office.dispatches[0].bls


def test_a_book_without_a_column_of_dispatches_keeps_what_was_known(tmp_path: Path) -> None:
    known = read(tmp_path, valid())
    sheets = valid()
    for row in sheets["Despachos"]:
        row.pop()

    assert read(tmp_path, sheets, known=known) == known
    assert read(tmp_path, sheets).dispatches[0].status == ""


def test_a_dispatch_export_may_call_its_only_sheet_anything(tmp_path: Path) -> None:
    office = read(tmp_path, valid())
    path = write_book(tmp_path / "export.xlsx", {"Hoja1": valid()["Despachos"]})

    assert read_dispatches(path, office=office) == office.dispatches


def test_a_dispatch_export_of_an_unknown_client_is_refused_whole(tmp_path: Path) -> None:
    office = read(tmp_path, valid())
    path = write_book(
        tmp_path / "export.xlsx", {"Despachos": put(valid(), "Despachos", 3, "ruc", "20131312955")["Despachos"]}
    )

    with pytest.raises(OfficeFileRejected, match=r"Despachos, fila 3, columna ruc: el RUC 20131312955 no está"):
        read_dispatches(path, office=office)


def test_clients_that_are_gone_take_their_kept_rows_with_them(tmp_path: Path) -> None:
    known = read(tmp_path, valid())
    sheets = {name: rows for name, rows in valid().items() if name in ("Personal", "Clientes", "Despachos")}
    del sheets["Clientes"][1]
    del sheets["Despachos"][1]

    office = read(tmp_path, sheets, known=known)

    assert {contact.ruc for contact in office.contacts} == {OTHER_RUC}
    assert office.holidays == known.holidays


@pytest.mark.parametrize(
    ("ruc", "hint"),
    [("20601234557", "; ¿quiso decir «20601234565»?"), ("20131312955", "")],
    ids=["two digits off", "quite another"],
)
def test_only_a_ruc_that_is_nearly_the_same_is_suggested(tmp_path: Path, ruc: str, hint: str) -> None:
    office = read(tmp_path, valid())
    path = tmp_path / "clinet.csv"
    path.write_text(f"orden,ruc,regimen,modalidad,via\n2026-000001,{ruc},40,,aerea\n")

    with pytest.raises(OfficeFileRejected) as rejected:
        read_dispatches(path, office=office)

    assert str(rejected.value) == f"Despachos, fila 2, columna ruc: el RUC {ruc} no está en la hoja Clientes{hint}"
