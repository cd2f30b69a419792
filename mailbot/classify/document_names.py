"""What an attachment is, by its name: the table, most telling first.

Names are matched after folding case and accents and turning separators into blanks.
"""

import re

from mailbot.classify.document_rules import TypeRule, rule, words
from mailbot.classify.document_trade_names import TRADE_RULES
from mailbot.domain.labels import DocumentType

_T = DocumentType

# A picture in a signature is no document; mail clients number them.
SIGNATURE_IMAGE = re.compile(
    r"^(?:image|imagen|att|oledata|outlook|logo|firma|banner|facebook|linkedin)\s?\w{0,12}$|\blogo\b|\bfirma\b|\bsello\b|\bescudo\b"
)
# Names a phone, a scanner or a messenger gives: they say nothing of the content.
CAMERA_NAME = re.compile(
    r"^(?:(?:img|dsc|dscn|pic|foto|photo|image|imagen|whatsapp_image|screenshot|captura|scan|escaneo|doc|skm_c|camscanner"
    r"|pxl|mvimg|signal|telegram)_?[\d_]*(?:wa_?\d+|at_[\d_]+(?:am|pm)?)?(?:_?\(\d+\))?|20\d{6}_\d{4,6}|\d{1,4})$".replace(
        "_", " "
    )
)

NAME_RULES: tuple[TypeRule, ...] = (
    *TRADE_RULES,
    rule(
        _T.OTHER, 0.93, words("notarial actas? minuta contrato adenda dni pasaporte passport ficha_ruc copia_literal")
    ),
    rule(_T.OTHER, 0.93, words("aviso_de_llegada aviso_llegada aviso arrival_notice an arrival") + r"(?!.*factura)"),
    rule(_T.OTHER, 0.93, words("booking bkg eir volante ticket tickets_balanza draft_survey carta_temperatura")),
    rule(
        _T.OTHER,
        0.93,
        words(
            "vgm fumig\\w* guias?_(?:de_)?remision iso_?\\d{4,5} test_report",
            "lab_report inspeccion inspection peritaje siniestro captura_(?!yap|plin|pago|transf|deposito)\\w*",
        ),
    ),
    rule(
        _T.OTHER,
        0.93,
        words(
            "suce sucamec dtd logger data_logger croquis orden_de_compra purchase_order demurrage detention",
            "liq debit_note credit_note nota_de_debito nota_correccion carta_correccion soat brevete",
            "licencia_de_conducir curriculum minuta acta_constatacion reporte_\\w+ cronograma organigrama",
            "(?:constancia|certificado)_(?:de_)?(?:lavado|trabajo|alta|inscripcion|no_adeudo|usuario|limpieza|peso|fumigacion)",
            "shipping_advice shipment_advice pre_?alert prealerta packing_declaration beneficiary\\w*",
        ),
        r"\b(?:autoriz\w*|certificado\w*|permiso\w*|registro)\b.*\b(?:iqbf|sucamec|mtc|serfor)\b",
        r"\bguia\b.*\b(?:serfor|forestal|transportista|transporte|remitente|remision)\b",
    ),
    rule(
        _T.OTHER,
        0.93,
        words("carta_protesta carta_correccion carta_rechazo mtc homologacion garantias crt cartas?_porte"),
    ),
    rule(_T.OTHER, 0.92, r"\bfact\w*.*\b(?:almacen\w*|flete|terminal|deposito|linea|agencia|pendiente|servicio\w*)\b"),
    rule(_T.OTHER, 0.92, r"\b[ef]?\d{3}_\d+.*\b(?:flete|almacen\w*|servicio\w*)\b", r"^\d{11}_\d\d_[fbe]\w{3}_\d+"),
    rule(
        _T.OTHER,
        0.9,
        words(
            "resolucion notificacion liquidacion preliquidacion nota_de_credito nc nota_credito"
            " estado_de_cuenta status circular tarifa\\w* cotizacion_agencia cargo flyer kpi"
        ),
    ),
    rule(_T.OTHER, 0.9, r"\bdj_(?!.*orig)", r"\bdeclaracion_jurada_(?!.*orig)"),
    rule(
        _T.OTHER,
        0.9,
        words(
            "coas? certificado_de_analisis quality calidad weight peso fumigat\\w+ fumigacion cq analisis cert_quality"
        )
        + r"(?!.*composicion)",
    ),
    rule(
        _T.AUTHORIZATION_LETTER,
        0.95,
        words(
            "poder mandato vigencia endose endoso carta_de_resp\\w* carta_resp\\w* responsabilidad carta_autoriz\\w+",
            "carta_compromiso power_of_attorney poa letter_of_authori[sz]ation letter_of_indemnity loi iqbf",
            "carta_poder poderes carta_de_poder carta_imo carta_de_responsabilidad carta_de_autorizacion",
            "delegacion_de_poder(?:es)? mandat vollmacht procura procuracao endorsement carta_de_endose",
        )
        + r"(?!.*\bbl\b)",
    ),
    rule(
        _T.AUTHORIZATION_LETTER,
        0.9,
        r"\bautorizacion\b(?!.*\b(?:senasa|digesa|digemid)\b)(?<!senasa_registro_y_autorizacion)",
    ),
    rule(_T.SPREADSHEET, 0.9, r"\bdetalle_pago", r"\bmuestra_\d+_dam\b", r"\bmanifest\b", r"\bdownload\b"),
    rule(
        _T.PAYMENT_VOUCHER,
        0.95,
        words(
            "voucher\\w* abonos? transf\\w* trf tef swift detraccion\\w* deposito pagos? payment"
            " remittance op_\\d+ operacion"
            " comprobante_de_(?:pago|deposito|transferencia) yape\\w* plin vaucher\\w* bauche\\w* wire mt103"
            " (?:payment|bank|transfer)_(?:slip|receipt|advice|confirmation|proof) proof_of_payment"
        ),
    ),
    rule(_T.PAYMENT_VOUCHER, 0.85, r"^constancias?\b(?!.*(?:alta|inscrip|no_adeudo|trabajo))", r"^banco_\d+"),
    rule(
        _T.INSURANCE_POLICY,
        0.95,
        words(
            "poliza\\w* polizza(?!_di_carico) seguro insurance aplic aplicacion policy",
            "versicherung\\w* assurance apolice",
        ),
        r"\bcert_(?:\d+_)?tm\b",
        r"^cert_\d{5}_\d\d$",
    ),
    rule(
        _T.DAM_COPY,
        0.95,
        words("dams? duas?"),
        r"^\d{3}_20\d\d_\d\d_\d{3,6}\b",
        r"^borrador_oa\b",
        r"\bjuego_completo\b",
    ),
    rule(
        _T.CERTIFICATE_OF_ORIGIN,
        0.95,
        words(
            "cert\\w*_(?:de_)?orig\\w* certificate_of_origin origen origin origem eur_?1\\w* atr form_co",
            "form_e form_a fta ftaco",
            "form_[bdf] certificado_(?:fe_)?form_[a-f] ursprungs\\w* certificat_d_origine certificato_di_origine",
            "certificado_de_origem rex rex_statement declaracion_de_origen origin_declaration alc tpp",
            "kpfta coo ace_?\\d\\d cptpp usmca t_?mec tpa tlc nafta uspta ustpa cert_oic cert_ico cuno\\d?",
        ),
        r"^(?:\w+_)?co(?:_|$)(?!comercial)",
        r"_co$",
    ),
    rule(
        _T.HEALTH_PERMIT,
        0.93,
        words(
            "senasa digesa digemid sanipes fito\\w* phyto\\w* zoosan\\w* zoo sanitari\\w+ health vet cfe cso",
            "pfi pii nso\\w* registro_(?:sanitario|senasa|digesa|digemid|sanipes)",
            "pth bpm rs rd r_d reg_sanit\\w* cites libre_venta veterin\\w* pipm tratamiento trat_\\w+ halal",
            "health_certificate sanitary haccp inocuidad",
        ),
        r"\bclv\b(?!_apostillados)",
        r"\bregistro_[a-z]_\d+",
        r"\bpermiso\b",
    ),
    rule(
        _T.TECHNICAL_SHEET,
        0.93,
        words(
            "fichas? msds hds sds tds ftec datasheet data_sheet ds spec specs specification\\w* catalogo brochure dm",
            "desc\\w*_min\\w* descripcion\\w* composicion hoja_de_seguridad hoja_seguridad technical manual plano\\w*",
            "informe_ensayo ista boletin_analisis inci diagrama_de_flujo flow_?chart",
            "hojas?_tecnicas? hojas?_de_datos datenblatt technisches sched[ae]_tecnic(?:a|he) fiche_technique",
            "tech_data tech_sheet",
            "tech_spec\\w* fact_sheet product_sheet ficha_de_producto ingredientes ingredients formula formulacion",
            "marca_modelo marcas_y_modelos caracteristicas catalogue katalog folleto sicherheitsdatenblatt",
            "minimas nutrition\\w*",
        ),
        r"\bft\b(?!_\w{0,2}\d{2,})",
    ),
    rule(
        _T.COMMERCIAL_INVOICE,
        0.9,
        r"\b(?:inv|fact|ci|factura)_(?:y_)?(?:pl|packing)\b",
        r"\bcipl\b",
        r"\binv(?:oice)?_(?:and_)?pl\b",
    ),
    rule(
        _T.PACKING_LIST,
        0.95,
        words(
            "packing\\w* pack pk pkg lista_de_(?:empaque|bultos) lista_empaque pl pkl p_l",
            "packliste\\w* colisage lista_cubicacion plist pack_list liste_de_colisage distinta_(?:di_)?imballo",
            "lista_de_(?:contenido|piezas|cajas|trozas|bobinas) lista_(?:contenido|piezas|cajas|trozas|bobinas|pesos)",
            "weight_list tally_sheet detalle_de_bultos detalle_bultos carton_list stuffing_list zhuangxiangdan",
            "romaneio lista_(?:sacos|paletas|bultos) inventory_valued",
        ),
    ),
    rule(_T.PROFORMA, 0.93, words("proforma\\w* pro_forma pi quotation cotizacion quote")),
    rule(_T.BILL_OF_LADING, 0.93, words("obl tlx")),
    rule(
        _T.COMMERCIAL_INVOICE,
        0.93,
        words(
            "facturas? facture fattura fatura invoices? inv fact fac commercial ci fc ff fe fv rechnung fra comm nf",
            "handelsrechnung facturacion_comercial invoic factur\\w* inv\\d+ bill_of_sale fapiao nota_fiscal danfe",
        ),
    ),
    rule(
        _T.AIR_WAYBILL,
        0.95,
        words("awb hawb mawb hawbs mawbs lta guia_aerea guia air_waybill airway\\w* lettera_di_vettura luftfracht\\w*"),
        r"\b\d{3}_\d{8}\b",
        r"\b\d{3}_\d{4}_\d{4}\b",
    ),
    rule(
        _T.BILL_OF_LADING,
        0.93,
        words(
            "bl hbl mbl b_l conocimiento bill_of_lading lading swb waybill surrendered telex hbls mbls obls seaway\\w*",
            "polizza_di_carico connaissement conhecimento house_bl master_bl konnossement express_release",
            "nonneg non_negotiable bls cpic_x3",
        ),
    ),
    rule(
        _T.BILL_OF_LADING,
        0.9,
        words("(?:maeu|mscu|medu|cmdu|hlcu|cosu|oney|eglv|oolu|ymlu|hdmu|zimu|whlc|sudu|aplu|smlm)\\w{6,}"),
    ),
    rule(_T.COMMERCIAL_INVOICE, 0.85, r"\bft_\w{0,2}\d{2,}"),
    rule(_T.COMMERCIAL_INVOICE, 0.85, r"^(?:\d+_)?(?:\w+_)?(?:f|e|fe|ff|fff|b)\w?\d{1,3}_\d{3,8}\b"),
    rule(
        _T.PHOTO,
        0.9,
        r"\b(?:fotos?|photos?|pictures?|placa|precinto|rotulo|cajas?|piso|puerta|termografo|seal|cuaderno|registro_temp)_?\d*\b",
    ),
    rule(
        _T.BILL_OF_LADING,
        0.8,
        r"^(?:draft_)?[a-z]{3,9}_?\w*\d{6,12}\w{0,3}\b",
        r"^(?:draft_)?[a-z]{5,7}_\d{4}(?:_rev)?\d?$",
    ),
    rule(_T.COMMERCIAL_INVOICE, 0.7, r"^[a-z]{2,3}_?\d{4,6}(?:_\d{2,4})?_?(?:corr\w*|rev\w*|final|ok)?$"),
)
