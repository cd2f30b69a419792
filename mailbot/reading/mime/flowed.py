"""format=flowed (RFC 3676): soft line breaks taken out again."""


def unflow(text: str, *, delete_space: bool = False) -> str:
    """The paragraphs of flowed text; quote depth separates, the signature line is never flowed."""
    if " \n" not in text:
        return text
    lines: list[list[str]] = []
    open_depth: int | None = None
    for raw in text.split("\n"):
        depth = len(raw) - len(raw.lstrip(">"))
        # Space-stuffing (section 4.4) protects lines that begin with a blank, ">" or "From".
        content = raw[depth:].removeprefix(" ")
        is_signature = content == "-- "
        if open_depth == depth and not is_signature:
            lines[-1].append(content)
        else:
            lines.append([">" * depth + " " if depth else "", content])
        is_soft = content.endswith(" ") and not is_signature
        open_depth = depth if is_soft else None
        if is_soft and delete_space:
            lines[-1][-1] = content[:-1]
    return "\n".join("".join(pieces) for pieces in lines)
