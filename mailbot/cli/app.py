"""The `mailbot` command: its sub-commands, and the one place where errors become exit codes."""

import io
import sys
from enum import IntEnum
from pathlib import Path

import typer

from mailbot.domain.errors import (
    DeliveryDeferred,
    DeliveryUncertain,
    MailbotError,
    MailboxRefused,
    MailboxUnavailable,
    OfficeFileRejected,
    RecordsUnavailable,
    SettingsError,
    StoreRefused,
    StoreUnavailable,
    UnknownName,
)


class Exit(IntEnum):
    """The contract's exit codes."""

    DONE = 0
    # Finished, but something needs a person; it says what.
    NEEDS_PERSON = 1
    # The call's words are off.
    USAGE = 2
    SETTINGS = 3
    # A mailbox, SMTP server or database is out of reach.
    OUT_OF_REACH = 4


_OUT_OF_REACH = (
    MailboxUnavailable,
    MailboxRefused,
    RecordsUnavailable,
    StoreUnavailable,
    StoreRefused,
    DeliveryDeferred,
    DeliveryUncertain,
)

app = typer.Typer(
    name="mailbot",
    help="Clasifica los correos del servicio al cliente, mide sus plazos y avisa antes de que venzan.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class State:
    """What the options before the sub-command said."""

    settings_file: Path | None = None


@app.callback()
def options(
    settings: Path | None = typer.Option(
        None,
        "--settings",
        envvar="MAILBOT_SETTINGS",
        help="Archivo de configuración (por defecto settings.env, si existe).",
    ),
) -> None:
    """Opciones comunes."""
    State.settings_file = settings or next((file for file in (Path("settings.env"),) if file.exists()), None)


def main() -> None:
    """Run the command line and end the process with the contract's exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A console that lacks a character shows a question mark in its place.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command; no traceback reaches a person for anything that was expected to go wrong."""
    from mailbot.cli import register

    register.register(app)
    try:
        result = app(args=arguments, prog_name="mailbot", standalone_mode=False)
    except typer.Abort:
        return _complain("interrumpido", Exit.NEEDS_PERSON)
    except KeyboardInterrupt:
        return _complain("interrumpido", Exit.NEEDS_PERSON)
    except BrokenPipeError:
        # Who reads our output has seen enough (`mailbot … | head`).
        sys.stderr.close()
        return Exit.DONE
    except SettingsError as error:
        return _complain_all("la configuración tiene errores:", error.problems, Exit.SETTINGS)
    except MailbotError as error:
        return _explain(error)
    except Exception as error:
        return _usage(error)
    return result if isinstance(result, int) else Exit.DONE


def _explain(error: MailbotError) -> int:
    if isinstance(error, OfficeFileRejected):
        return _complain_all("el archivo tiene errores y no se importó nada:", error.faults, Exit.NEEDS_PERSON)
    if isinstance(error, UnknownName):
        hint = f" ¿Quiso decir {', '.join(error.nearest)}?" if error.nearest else ""
        return _complain(f"{error}{hint}", Exit.USAGE)
    return _complain(str(error), code_of(error))


def code_of(error: MailbotError) -> int:
    """The exit code of an error's class."""
    if isinstance(error, UnknownName):
        return Exit.USAGE
    return Exit.OUT_OF_REACH if isinstance(error, _OUT_OF_REACH) else Exit.NEEDS_PERSON


def _usage(error: Exception) -> int:
    """A wrong call is click's own error; anything else is a bug, told in one line and kept whole in a file."""
    if hasattr(error, "format_message"):
        from mailbot.cli.usage import told

        return _complain(f"{told(error)}\nVea «mailbot --help».", getattr(error, "exit_code", Exit.USAGE))
    return _complain(
        f"error inesperado ({type(error).__name__}); el detalle quedó en {_kept(error)}. "
        "Nada de lo guardado se perdió; repórtelo con ese archivo.",
        Exit.NEEDS_PERSON,
    )


def _kept(error: Exception) -> str:
    """Write what a developer needs to a file of the user's own."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", prefix="mailbot-error-", suffix=".txt", delete=False) as file:
        traceback.print_exception(error, file=file)
    return file.name


def _complain(text: str, code: int) -> int:
    print(f"mailbot: {text}", file=sys.stderr)
    return code


def _complain_all(title: str, lines: object, code: int) -> int:
    print(f"mailbot: {title}", file=sys.stderr)
    for line in lines if isinstance(lines, tuple) else ():
        print(f"  - {line}", file=sys.stderr)
    return code
