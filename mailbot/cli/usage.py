"""What is wrong with a call, in Spanish: the parser of commands speaks English."""


def told(error: Exception) -> str:
    """One sentence for each kind of wrong call; what is not known is told as the parser does."""
    said = str(error.format_message()) if hasattr(error, "format_message") else str(error)
    match type(error).__name__:
        case "NoSuchOption":
            return f"no existe la opción «{getattr(error, 'option_name', '')}».{_nearest(error)}"
        case "MissingParameter":
            return f"falta {_parameter(error)}."
        case "BadParameter" if _has_no_name(error):
            return f"{getattr(error, 'message', said)}."
        case "BadParameter":
            return f"el valor de {_parameter(error)} no sirve: {getattr(error, 'message', said)}"
        case "BadOptionUsage" if said.endswith("requires an argument."):
            return f"a la opción «{getattr(error, 'option_name', '')}» le falta su valor."
        case _ if said.startswith("No such command"):
            name = said.removeprefix("No such command").strip(" .'")
            return f"no existe el comando «{name}»."
        case _ if said.startswith("Got unexpected extra argument"):
            return f"sobra «{said.rpartition('(')[2].rstrip(').')}»."
        case _:
            return said


def _has_no_name(error: Exception) -> bool:
    return getattr(error, "param_hint", None) is None and getattr(error, "param", None) is None


def _parameter(error: Exception) -> str:
    """The option or argument as a person writes it."""
    hint = getattr(error, "param_hint", None)
    parameter = getattr(error, "param", None)
    if hint is None and parameter is not None:
        hint = parameter.opts[0] if parameter.opts and parameter.opts[0].startswith("-") else parameter.name
    if hint is None:
        return "un dato"
    return f"«{hint if isinstance(hint, str) else ' / '.join(hint)}»".replace("'", "")


def _nearest(error: Exception) -> str:
    possible = getattr(error, "possibilities", None)
    return f" ¿Quiso decir {', '.join(sorted(possible))}?" if possible else ""
