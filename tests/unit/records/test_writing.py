"""What is written can be read again, and the template helps whoever fills it in."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from openpyxl import Workbook, load_workbook

from mailbot.domain.office import Client, Office, Role, Staff
from mailbot.records.examples import EXAMPLE
from mailbot.records.forms import SheetForm
from mailbot.records.sheets import FORMS
from mailbot.records.workbook import LEGEND, read_office
from mailbot.records.writing import write_office, write_template
from tests.unit.records.offices import offices


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    path = tmp_path_factory.mktemp("plantilla") / "plantilla.xlsx"
    write_template(path)
    return load_workbook(path)


@given(office=offices())
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_an_office_written_and_read_is_the_same_office(office: Office) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "oficina.xlsx"
        write_office(path, office)

        assert read_office(path) == office


def test_a_name_that_looks_like_a_formula_stays_a_name(tmp_path: Path) -> None:
    person = Staff(code="E1", name='=HYPERLINK("http://x")', address="a.b@agencia.example", role=Role.ESC)
    client = Client(ruc="20512345671", name="=1+1", domains=("c.example",), esc="E1")
    write_office(tmp_path / "o.xlsx", Office(staff=(person,), clients=(client,)))

    assert load_workbook(tmp_path / "o.xlsx")["Clientes"]["B2"].data_type == "s"
    assert read_office(tmp_path / "o.xlsx").clients == (client,)


def test_the_template_as_it_is_can_be_imported(tmp_path: Path) -> None:
    write_template(tmp_path / "plantilla.xlsx")

    assert read_office(tmp_path / "plantilla.xlsx") == EXAMPLE


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_template_sheet_has_the_headings_a_frozen_row_and_one_example(template: Workbook, form: SheetForm) -> None:
    sheet = template[form.name]

    headings = [column.heading for column in form.columns]
    assert [cell.value for cell in sheet[1]] == headings
    assert sheet.max_row == 2
    assert sheet.freeze_panes == "A2"


def test_required_headings_are_told_by_style_alone(template: Workbook) -> None:
    sheet = template["Clientes"]

    assert {cell.value for cell in sheet[1] if cell.font.bold} == {"ruc", "nombre", "esc"}


@pytest.mark.parametrize(
    ("sheet", "cells", "formula"),
    [
        ("Personal", "D2:D2000", '"ESC,ASC,SUPERVISOR,JEFE,GERENCIA,ADMINISTRACION,ARCHIVO,LIQUIDACION,ALERTAS"'),
        ("Clientes", "D2:D2000", "Personal!$A$2:$A$2000"),
        ("Despachos", "B2:B2000", "Clientes!$A$2:$A$2000"),
        ("Despachos", "E2:E2000", '"maritima,aerea,terrestre"'),
    ],
    ids=["roles", "codes of staff", "clients", "transport"],
)
def test_the_template_offers_lists(template: Workbook, sheet: str, cells: str, formula: str) -> None:
    rules = template[sheet].data_validations.dataValidation

    assert (cells, formula) in {(str(rule.sqref), rule.formula1) for rule in rules}


def test_the_legend_explains_every_column(template: Workbook) -> None:
    rows = template[LEGEND].iter_rows(min_row=2, max_col=2, values_only=True)

    explained = {row for row in rows if row[0]}
    assert explained == {(form.name, column.heading) for form in FORMS for column in form.columns}
