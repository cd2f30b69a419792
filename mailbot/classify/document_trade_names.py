"""Names of papers that only one paper bears: suppliers' own words, scanners' and typists' slips.

They are asked before the table of `document_names.py`.
"""

from mailbot.classify.document_rules import TypeRule, rule, words
from mailbot.domain.labels import DocumentType

_T = DocumentType

# What suppliers of China call their papers, in their own letters' sound; and words that only one paper bears.
TRADE_RULES: tuple[TypeRule, ...] = (
    rule(_T.OTHER, 0.9, r"^(?:oc|po|p_o)_?\d{3,}\b"),
    rule(
        _T.PACKING_LIST,
        0.95,
        words(r"zxd xiangdan zhuangxiang\w* pklist pkinglist paking\w* p_list packinglist weight_packing"),
    ),
    rule(_T.PACKING_LIST, 0.95, words("weight_list lista_de_pesos_y_bultos detalle_de_empaque detalle_empaque")),
    rule(_T.BILL_OF_LADING, 0.95, words("tidan haiyun_tidan ocean_bill ocean_b_l")),
    rule(_T.AIR_WAYBILL, 0.95, words(r"kongyun\w* luftfrachtbrief")),
    rule(
        _T.CERTIFICATE_OF_ORIGIN,
        0.95,
        words(r"chandi\w* chan_di_zheng yuanchandi\w* c_o"),
        r"^co_\w+_(?:original|copia|draft)\b",
    ),
    rule(
        _T.INSURANCE_POLICY,
        0.95,
        words(r"baoxian\w* bao_xian_dan aseguramiento asegurada certificado_de_transporte endoso_(?:de_)?poliza"),
    ),
    rule(
        _T.HEALTH_PERMIT,
        0.95,
        words(
            r"weisheng\w* notificacion_sanitaria\w* pzi import_permit (?:certificate_of_)?free_sale",
            "autorizacion_sanitaria",
            "inspeccion_(?:de_)?senasa",
        ),
    ),
    rule(_T.TECHNICAL_SHEET, 0.95, words("especificacion(?:es)? shuomingshu")),
    rule(
        _T.AUTHORIZATION_LETTER,
        0.95,
        words("letter_of_authority carta_(?:de_)?(?:desistimiento|temporal) carta_(?:de_)?(?:devolucion_de_)?vacio"),
    ),
    rule(_T.PAYMENT_VOUCHER, 0.95, words(r"boucher\w* bouche\w* tt_copy tt_slip shuidan cargo_en_cuenta telecredito")),
    rule(_T.PROFORMA, 0.93, r"^prof_\d+"),
    rule(
        _T.DAM_COPY,
        0.95,
        words("declaracion_(?:aduanera|unica|de_importacion|de_exportacion) dsi daam"),
    ),
    rule(_T.COMMERCIAL_INVOICE, 0.93, r"^invoice_(?:and_)?packing"),
    rule(
        _T.COMMERCIAL_INVOICE,
        0.93,
        words(r"fp cinv factua\w* facura\w* fatcura\w* invocie\w* invioce\w* boleta_de_venta piaoju")
        + r"(?!.*\b(?:fletes?|almacen\w*)\b)",
    ),
)
