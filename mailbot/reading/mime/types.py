"""Media types of files whose sender stated none or a meaningless one."""

_MEANINGLESS = frozenset(
    (
        "application/octet-stream",
        "application/octetstream",
        "application/binary",
        "application/download",
        "application/x-download",
        "application/force-download",
        "application/unknown",
        "application/x-unknown",
        "application/x-unknown-content-type",
        "application/save",
        "binary/octet-stream",
        "unknown/unknown",
        "file/unknown",
        "application/x-msdownload",
        "attachment/octet-stream",
    )
)
_BY_EXTENSION = {
    "pdf": "application/pdf",
    "xml": "application/xml",
    "zip": "application/zip",
    "rar": "application/vnd.rar",
    "7z": "application/x-7z-compressed",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xlsm": "application/vnd.ms-excel.sheet.macroenabled.12",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "csv": "text/csv",
    "txt": "text/plain",
    "htm": "text/html",
    "html": "text/html",
    "rtf": "application/rtf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "bmp": "image/bmp",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "heic": "image/heic",
    "webp": "image/webp",
    "eml": "message/rfc822",
    "msg": "application/vnd.ms-outlook",
    "ics": "text/calendar",
    "vcf": "text/vcard",
    "p7m": "application/pkcs7-mime",
    "p7s": "application/pkcs7-signature",
}
_BY_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"Rar!\x1a", "application/vnd.rar"),
    (b"7z\xbc\xaf", "application/x-7z-compressed"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
)


def true_type(declared: str, name: str, head: bytes) -> str:
    """The declared type; where that says nothing, what the bytes or the file's extension say."""
    if declared not in _MEANINGLESS:
        return declared
    for magic, kind in _BY_MAGIC:
        if head.startswith(magic):
            return kind
    found = type_of_name(name)
    return declared if found == "application/octet-stream" else found


def type_of_name(name: str) -> str:
    """The type a file's extension stands for."""
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    return _BY_EXTENSION.get(extension, "application/octet-stream")
