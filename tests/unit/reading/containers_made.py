"""Builders of container files for tests: TNEF streams and Outlook message files, written by their specifications."""

import struct
from collections.abc import Mapping, Sequence

_UNICODE, _BINARY, _OBJECT, _LONG = 0x1F, 0x102, 0x0D, 0x03


def tnef_attribute(level: int, tag: int, data: bytes) -> bytes:
    """One attribute with its checksum ([MS-OXTNEF] section 2.1.3.2)."""
    return struct.pack("<BHHI", level, tag, 6, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def tnef_properties(values: Mapping[int, tuple[int, bytes]]) -> bytes:
    """A property list as TNEF stores it: variable values counted, measured and padded to four bytes."""
    out = struct.pack("<I", len(values))
    for tag, (kind, raw) in values.items():
        out += struct.pack("<HH", kind, tag)
        if kind in {_UNICODE, _BINARY, _OBJECT, 0x1E}:
            out += struct.pack("<II", 1, len(raw)) + raw + b"\x00" * (-len(raw) % 4)
        else:
            out += raw.ljust(4, b"\x00")
    return out


def tnef(files: Sequence[tuple[str, bytes]], *, body: bytes = b"", long_names: bool = True) -> bytes:
    """A winmail.dat with these files."""
    out = b"\x78\x9f\x3e\x22\x01\x00" + tnef_attribute(1, 0x9007, struct.pack("<II", 1252, 0))
    if body:
        out += tnef_attribute(1, 0x800C, body)
    for name, content in files:
        out += tnef_attribute(2, 0x9002, b"\x01\x00" + b"\xff" * 12)
        out += tnef_attribute(2, 0x8010, name.encode("cp1252", errors="replace")[:8] + b"\x00")
        out += tnef_attribute(2, 0x800F, content)
        if long_names:
            wide = (name + "\x00").encode("utf-16-le")
            out += tnef_attribute(2, 0x9005, tnef_properties({0x3707: (_UNICODE, wide)}))
    return out


class _Compound:
    """A compound file ([MS-CFB]) with mini streams only below 4096 bytes."""

    def __init__(self) -> None:
        self.names: list[str] = ["Root Entry"]
        self.kinds: list[int] = [5]
        self.children: list[list[int]] = [[]]
        self.contents: list[bytes] = [b""]

    def add(self, parent: int, name: str, content: bytes | None = None) -> int:
        self.names.append(name)
        self.kinds.append(1 if content is None else 2)
        self.children.append([])
        self.contents.append(content or b"")
        self.children[parent].append(len(self.names) - 1)
        return len(self.names) - 1

    def build(self) -> bytes:
        sectors: list[bytes] = []
        fat: list[int] = []

        def put(data: bytes) -> int:
            first = len(sectors)
            pieces = [data[start : start + 512].ljust(512, b"\x00") for start in range(0, len(data), 512)]
            for index, piece in enumerate(pieces):
                sectors.append(piece)
                fat.append(first + index + 1 if index + 1 < len(pieces) else 0xFFFFFFFE)
            return first if pieces else 0xFFFFFFFE

        mini, minifat, starts = b"", [], {}
        for index, content in enumerate(self.contents):
            if self.kinds[index] != 2:
                continue
            if len(content) >= 4096:
                starts[index] = put(content)
                continue
            count = (len(content) + 63) // 64
            starts[index] = len(minifat) if count else 0xFFFFFFFE
            minifat += [len(minifat) + 1 for _ in range(count - 1)] + [0xFFFFFFFE] * bool(count)
            for position in range(1, count):
                minifat[starts[index] + position - 1] = starts[index] + position
            mini += content.ljust(count * 64, b"\x00")
        mini_start = put(mini)
        minifat_start = put(
            struct.pack(f"<{len(minifat)}I", *minifat).ljust(-(-len(minifat) * 4 // 512) * 512, b"\xff")
        )
        directory = b"".join(self._entry(index, starts, mini_start, len(mini)) for index in range(len(self.names)))
        directory_start = put(directory.ljust(-(-len(directory) // 512) * 512, b"\x00"))
        fat_sectors = (len(fat) + 128) // 128 + 1
        first_fat = len(fat)
        fat += [0xFFFFFFFD] * fat_sectors
        fat += [0xFFFFFFFF] * (fat_sectors * 128 - len(fat))
        sectors += [struct.pack("<128I", *fat[start : start + 128]) for start in range(0, fat_sectors * 128, 128)]
        difat = [first_fat + index for index in range(fat_sectors)] + [0xFFFFFFFF] * (109 - fat_sectors)
        header = (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            + b"\x00" * 16
            + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
            + b"\x00" * 6
        )
        header += struct.pack(
            "<IIIIIIIII",
            0,
            fat_sectors,
            directory_start,
            0,
            4096,
            minifat_start,
            -(-len(minifat) * 4 // 512),
            0xFFFFFFFE,
            0,
        )
        return header + struct.pack("<109I", *difat) + b"".join(sectors)

    def _entry(self, index: int, starts: Mapping[int, int], mini_start: int, mini_size: int) -> bytes:
        name = self.names[index].encode("utf-16-le") + b"\x00\x00"
        child = self._chain(self.children[index])
        right = next((self._right(siblings, index) for siblings in self.children if index in siblings), 0xFFFFFFFF)
        start, size = (mini_start, mini_size) if index == 0 else (starts.get(index, 0), len(self.contents[index]))
        return (
            name.ljust(64, b"\x00")
            + struct.pack("<HBBIII", len(name), self.kinds[index], 1, 0xFFFFFFFF, right, child)
            + b"\x00" * 36
            + struct.pack("<IQ", start, size)
        )

    def _ordered(self, siblings: Sequence[int]) -> list[int]:
        return sorted(siblings, key=lambda index: (len(self.names[index]), self.names[index].upper()))

    def _chain(self, siblings: Sequence[int]) -> int:
        return self._ordered(siblings)[0] if siblings else 0xFFFFFFFF

    def _right(self, siblings: Sequence[int], index: int) -> int:
        ordered = self._ordered(siblings)
        place = ordered.index(index)
        return ordered[place + 1] if place + 1 < len(ordered) else 0xFFFFFFFF


def _text(value: str) -> bytes:
    return value.encode("utf-16-le")


def _fill(
    file: _Compound,
    place: int,
    texts: Mapping[int, str],
    binaries: Mapping[int, bytes],
    *,
    header: int,
    fixed: bytes = b"",
) -> None:
    file.add(place, "__properties_version1.0", b"\x00" * header + fixed)
    for tag, value in texts.items():
        file.add(place, f"__substg1.0_{tag:04X}001F", _text(value))
    for tag, raw in binaries.items():
        file.add(place, f"__substg1.0_{tag:04X}0102", raw)


def outlook_file(
    texts: Mapping[int, str],
    *,
    recipients: Sequence[tuple[int, str, str]] = (),
    files: Sequence[tuple[str, bytes]] = (),
    inner: Mapping[int, str] | None = None,
) -> bytes:
    """A `.msg` with these text properties, recipients (kind, name, address), files and perhaps a mail inside."""
    file = _Compound()
    _fill(file, 0, texts, {}, header=32)
    for number, (kind, name, address) in enumerate(recipients):
        place = file.add(0, f"__recip_version1.0_#{number:08X}")
        row = struct.pack("<HHIQ", _LONG, 0x0C15, 6, kind)
        _fill(file, place, {0x3001: name, 0x39FE: address}, {}, header=8, fixed=row)
    for number, (name, content) in enumerate(files):
        place = file.add(0, f"__attach_version1.0_#{number:08X}")
        _fill(file, place, {0x3707: name}, {0x3701: content}, header=8)
    if inner is not None:
        place = file.add(0, f"__attach_version1.0_#{len(files):08X}")
        _fill(file, place, {0x3001: "Correo anterior"}, {}, header=8)
        stored = file.add(place, "__substg1.0_3701000D")
        _fill(file, stored, inner, {}, header=24)
    return file.build()


def compound(**streams: bytes) -> bytes:
    """A compound file with these streams at its top, as old Office files and encrypted new ones are."""
    file = _Compound()
    for name, content in streams.items():
        file.add(0, name, content)
    return file.build()
