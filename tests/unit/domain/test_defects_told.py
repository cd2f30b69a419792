"""Each hint over papers as offices get them: where it must speak, with which line, and where it must be silent."""

from datetime import date

import pytest

from mailbot.domain.defects import DefectKind, Hint, Paper, find_defects
from mailbot.domain.labels import DocumentType, ReferenceKind, ReferencePlace
from mailbot.domain.linkage import Reference
from mailbot.domain.office import Dispatch, Transport

ON = date(2026, 6, 10)
CLIENT, OTHER, BROKER = "20131312955", "20100070970", "20500000016"
DISPATCH = Dispatch(
    order="2026-000001", ruc=CLIENT, regime="10", transport=Transport.MARITIMA, bls=("MEDUAB123456", "HBLSHA7781")
)
INVOICE, PACKING, LADING, ORIGIN = (
    DocumentType.COMMERCIAL_INVOICE,
    DocumentType.PACKING_LIST,
    DocumentType.BILL_OF_LADING,
    DocumentType.CERTIFICATE_OF_ORIGIN,
)
# Enough words that a paper is no cover.
GOODS = "Stainless steel kitchen sinks, model KS-40, new, in wooden cases, as per our proforma of this sale"


def hints(
    type: DocumentType, *lines: str, references: tuple[Reference, ...] = (), is_partial: bool = False
) -> list[Hint]:
    paper = Paper(
        name=f"{type}.pdf", type=type, text="\n".join((*lines, GOODS)), references=references, is_partial=is_partial
    )
    return list(find_defects([paper], DISPATCH, on=ON))


def of_kind(kind: DefectKind, found: list[Hint]) -> list[str]:
    """The source lines of the hints of a kind."""
    return [hint.line for hint in found if hint.kind is kind]


class TestIncoterm:
    NAMED = "COMMERCIAL INVOICE No. SH-2231"

    @pytest.mark.parametrize(
        "terms",
        [
            pytest.param("Price: USD 12,400.00 Shanghai", id="no term at all"),
            pytest.param("Payment: 30% deposit, balance before delivery", id="payment terms alone"),
            pytest.param("Contact: facifob@x.example and cifra 12", id="letters inside words"),
        ],
    )
    def test_it_is_told_that_there_is_none(self, terms: str) -> None:
        assert of_kind(DefectKind.NO_INCOTERM, hints(INVOICE, self.NAMED, "Date: 12/05/2026", terms)) == [self.NAMED]

    @pytest.mark.parametrize(
        "terms",
        [
            "FOB Shanghai",
            "Incoterm: cif Callao",
            "F.O.B. NINGBO",
            "C.I.F CALLAO",
            "CNF Callao",
            "C&F CALLAO",
            "C + F Callao",
            "Terms: Ex Works, Milano",
            "Free on Board Busan port",
            "Cost and Freight, Callao",
            "COST, INSURANCE AND FREIGHT CALLAO",
            "Precio en fábrica",
            "Franco a bordo Valparaíso",
            "DDU Lima",
            "Total CIP-Lima USD 900",
            "INCOTERMS 2020: FCA",
        ],
    )
    def test_silence_where_one_stands(self, terms: str) -> None:
        assert of_kind(DefectKind.NO_INCOTERM, hints(INVOICE, self.NAMED, "Date: 12/05/2026", terms)) == []

    def test_silence_where_only_a_part_could_be_read(self) -> None:
        assert hints(INVOICE, self.NAMED, is_partial=True) == []


class TestInvoiceDate:
    NAMED = "FACTURA COMERCIAL E001-77 CIF Callao"

    @pytest.mark.parametrize(
        "line",
        [
            pytest.param("Total: USD 12,400.00", id="no day at all"),
            pytest.param("Shipment date: 20/05/2026", id="a day of shipment alone"),
            pytest.param("Fecha de vencimiento: 20/07/2026", id="a day of payment alone"),
            pytest.param("ETD Shanghai 20 May 2026, ETA Callao 25 June 2026", id="days of the ship alone"),
            pytest.param("As per contract no. 7 of 03/02/2026", id="a day of the contract alone"),
        ],
    )
    def test_it_is_told_that_there_is_none(self, line: str) -> None:
        assert of_kind(DefectKind.NO_DATE, hints(INVOICE, self.NAMED, line)) == [self.NAMED]

    @pytest.mark.parametrize(
        "line",
        [
            "Date: 12/05/2026",
            "DATE 2026.05.12",
            "12-May-26",
            "MAY-12-2026",
            "May 12th, 2026",
            "Lima, 12 de mayo de 2026",
            "2026年5月12日",
            "Fecha de emisión 12/05/2026 Vencimiento 12/07/2026",
            "Invoice date / due date: 12.05.2026 / 12.07.2026",
            pytest.param("Date: 20260512", id="digits that nobody here can read as a day"),
            pytest.param("Datum: 12. Mai 2026", id="a month in another language"),
        ],
    )
    def test_silence_where_one_stands(self, line: str) -> None:
        assert of_kind(DefectKind.NO_DATE, hints(INVOICE, self.NAMED, line)) == []


class TestConsigneesRuc:
    @pytest.mark.parametrize("type", [INVOICE, LADING])
    @pytest.mark.parametrize(
        ("lines", "told"),
        [
            pytest.param(
                [f"Consignee: Otra Empresa SAC RUC {OTHER}"], f"Consignee: Otra Empresa SAC RUC {OTHER}", id="same line"
            ),
            pytest.param(
                ["CONSIGNATARIO", "Otra Empresa SAC", "Av. Argentina 123", f"R.U.C. {OTHER}"],
                f"R.U.C. {OTHER}",
                id="in its block",
            ),
            pytest.param([f"Sold to: Otra SAC, Tax ID {OTHER}"], f"Sold to: Otra SAC, Tax ID {OTHER}", id="tax"),
        ],
    )
    def test_another_number_is_told(self, type: DocumentType, lines: list[str], told: str) -> None:
        assert of_kind(DefectKind.OTHER_RUC, hints(type, "FOB", "Date: 12/05/2026", *lines)) == [told]

    @pytest.mark.parametrize(
        "lines",
        [
            pytest.param([f"Consignee: Importadora Ejemplo RUC {CLIENT}"], id="the client's"),
            pytest.param([f"Consignee RUC {OTHER}", f"Notify: Importadora Ejemplo RUC {CLIENT}"], id="both"),
            pytest.param(["Consignee: TO ORDER", f"Notify: Agencia de Aduanas RUC {BROKER}"], id="the broker's alone"),
            pytest.param([f"Shipper: Exporter SAC RUC {OTHER}", "Consignee: Foreign Ltd"], id="the shipper's alone"),
            pytest.param(["Consignee: Importadora Ejemplo", f"Phone {OTHER}"], id="a telephone"),
            pytest.param(["Consignee: Importadora Ejemplo RUC 20131312950"], id="no valid number"),
            pytest.param(["Consignee: Importadora Ejemplo"], id="none"),
            pytest.param([f"Account {OTHER} RUC"], id="no consignee"),
        ],
    )
    def test_silence(self, lines: list[str]) -> None:
        assert of_kind(DefectKind.OTHER_RUC, hints(LADING, *lines)) == []


def compared(**texts: str) -> list[Hint]:
    """The hints over papers given by name and text; a name begins with its type."""
    types = {"invoice": INVOICE, "packing": PACKING, "lading": LADING}
    papers = [
        Paper(name=name, type=types[name.rstrip("123")], text=f"FOB, date 12/05/2026\n{text}\n{GOODS}")
        for name, text in texts.items()
    ]
    return list(find_defects(papers, DISPATCH, on=ON))


class TestPackages:
    @pytest.mark.parametrize(
        ("texts", "line"),
        [
            pytest.param(
                {"invoice": "TOTAL PACKAGES: 120", "packing": "TOTAL: 112 CARTONS"}, "TOTAL: 112 CARTONS", id="invoice"
            ),
            pytest.param({"packing": "Total bultos: 18", "lading": "20 BULTOS"}, "20 BULTOS", id="packing and BL"),
            pytest.param(
                {"invoice": "120 cartons", "packing": "120 cartons", "lading": "121 CARTONS"},
                "121 CARTONS",
                id="BL alone",
            ),
            pytest.param(
                {"invoice1": "60 cartons", "invoice2": "40 cartons", "lading": "120 CARTONS"},
                "120 CARTONS",
                id="two invoices that do not add up",
            ),
        ],
    )
    def test_a_difference_is_told_with_its_line(self, texts: dict[str, str], line: str) -> None:
        assert of_kind(DefectKind.PACKAGES_DIFFER, compared(**texts)) == [line]

    @pytest.mark.parametrize(
        "texts",
        [
            pytest.param({"invoice": "120 cartons", "lading": "TOTAL 120 PACKAGES"}, id="the same in other words"),
            pytest.param({"packing": "120 cartons on 10 pallets", "lading": "10 PALLETS"}, id="cartons on pallets"),
            pytest.param({"packing": "10 pallets", "lading": "10 PALLETS (120 CARTONS)"}, id="pallets of cartons"),
            pytest.param({"invoice1": "60 cartons", "invoice2": "60 cartons", "lading": "120 CTNS"}, id="a sum"),
            pytest.param({"invoice": "unit price 12 USD", "lading": "120 CARTONS"}, id="one says nothing"),
            pytest.param({"packing": "10 cartons\n20 cartons", "lading": "120 CARTONS"}, id="one says no total"),
        ],
    )
    def test_silence(self, texts: dict[str, str]) -> None:
        assert of_kind(DefectKind.PACKAGES_DIFFER, compared(**texts)) == []


class TestGrossWeight:
    @pytest.mark.parametrize(
        ("texts", "line"),
        [
            pytest.param(
                {"packing": "GROSS WEIGHT: 11,286.00 KGS", "lading": "Gross weight 11.400,50 KG"},
                "Gross weight 11.400,50 KG",
                id="packing and BL",
            ),
            pytest.param(
                {"invoice": "Peso bruto: 900 kg", "packing": "G.W. 980 kg"}, "G.W. 980 kg", id="invoice and packing"
            ),
            pytest.param(
                {"packing": "Gross weight 11.286 MT", "lading": "Gross weight 12,286 KGS"},
                "Gross weight 12,286 KGS",
                id="tons",
            ),
        ],
    )
    def test_a_difference_is_told_with_its_line(self, texts: dict[str, str], line: str) -> None:
        assert of_kind(DefectKind.WEIGHT_DIFFERS, compared(**texts)) == [line]

    @pytest.mark.parametrize(
        "texts",
        [
            pytest.param({"packing": "GROSS WEIGHT: 11,286.00", "lading": "Gross weight 11286 KG"}, id="other marks"),
            pytest.param({"packing": "Gross weight 11.286 MT", "lading": "Gross weight 11,286 KGS"}, id="tons"),
            pytest.param({"packing": "Gross weight 24,881 LBS", "lading": "Gross weight 11,286 KGS"}, id="pounds"),
            pytest.param({"packing": "Gross weight 11,286.4", "lading": "Gross weight 11,286 KGS"}, id="rounded"),
            pytest.param({"packing": "N.W./G.W.: 10,000/11,286 KGS", "lading": "G.W. 11,286 KGS"}, id="net and gross"),
            pytest.param({"invoice": "Net weight 10,000 kg", "lading": "Gross weight 11,286 kg"}, id="net alone"),
            pytest.param(
                {"packing1": "G.W. 500 kg", "packing2": "G.W. 600 kg", "lading": "Gross weight 1,100 KGS"}, id="a sum"
            ),
        ],
    )
    def test_silence(self, texts: dict[str, str]) -> None:
        assert of_kind(DefectKind.WEIGHT_DIFFERS, compared(**texts)) == []


class TestLadingNumber:
    @staticmethod
    def number(value: str) -> Reference:
        return Reference(kind=ReferenceKind.BL, value=value, canonical=value, where=ReferencePlace.TEXT)

    def test_another_number_is_told_with_its_line(self) -> None:
        found = hints(LADING, "B/L No. COSU6390114870", references=(self.number("COSU6390114870"),))

        assert of_kind(DefectKind.OTHER_BL, found) == ["B/L No. COSU6390114870"]

    @pytest.mark.parametrize(
        "numbers",
        [
            pytest.param(["MEDUAB123456"], id="the master's"),
            pytest.param(["AB123456"], id="without its prefix"),
            pytest.param(["HBLSHA7781"], id="the house's"),
            pytest.param(["COSU6390114870", "MEDUAB123456"], id="house and master, one of them known"),
            pytest.param([], id="none was read"),
        ],
    )
    def test_silence(self, numbers: list[str]) -> None:
        found = hints(LADING, *numbers, references=tuple(map(self.number, numbers)))

        assert of_kind(DefectKind.OTHER_BL, found) == []

    def test_silence_where_the_dispatch_has_no_number_yet(self) -> None:
        paper = Paper(name="bl", type=LADING, text=f"BL {GOODS}", references=(self.number("COSU6390114870"),))
        dispatch = Dispatch(order="2026-000001", ruc=CLIENT, regime="10", transport=Transport.MARITIMA)

        assert find_defects([paper], dispatch, on=ON) == ()


class TestCertificate:
    @pytest.mark.parametrize(
        ("lines", "told"),
        [
            pytest.param(["Date of issue: 10 May 2025"], "Date of issue: 10 May 2025", id="past its year"),
            pytest.param(["Lugar y fecha: Lima, 02/03/2025"], "Lugar y fecha: Lima, 02/03/2025", id="in Spanish"),
            pytest.param(
                ["Date: 10/05/2026", "Valid until 09/06/2026"], "Valid until 09/06/2026", id="past its own last day"
            ),
            pytest.param(["Válido hasta el 1 de junio de 2026"], "Válido hasta el 1 de junio de 2026", id="hasta"),
        ],
    )
    def test_an_old_one_is_told_with_its_line(self, lines: list[str], told: str) -> None:
        assert of_kind(DefectKind.CERTIFICATE_OLD, hints(ORIGIN, *lines)) == [told]

    @pytest.mark.parametrize(
        "lines",
        [
            pytest.param(["Date of issue: 10 June 2025"], id="its last day"),
            pytest.param(["Date of issue: 10 May 2026"], id="fresh"),
            pytest.param(["Invoice SH-1 date: 10/05/2025", "Shanghai, 12 March 2026"], id="an old invoice's day"),
            pytest.param(["Date: 10/05/2025", "Valid until 10/07/2026"], id="valid for longer"),
            pytest.param(["10/05/2025"], id="a day that nothing names"),
            pytest.param([], id="no day"),
        ],
    )
    def test_silence(self, lines: list[str]) -> None:
        assert of_kind(DefectKind.CERTIFICATE_OLD, hints(ORIGIN, *lines)) == []
