"""Hang every command on the app; command modules import what they need when they run."""

import typer

from mailbot.cli import (
    database,
    documents,
    evidence,
    glosas,
    login,
    model,
    obligations,
    office,
    person,
    reading,
    replay,
    service,
    setup,
    show,
    stored,
    word,
)


def register(app: typer.Typer) -> None:
    """Add all commands in the order in which a newcomer meets them; a second call adds nothing."""
    if app.registered_commands:
        return
    for module in (
        show,
        setup,
        login,
        service,
        reading,
        replay,
        stored,
        obligations,
        documents,
        word,
        glosas,
        office,
        model,
        evidence,
        person,
        database,
    ):
        module.add_to(app)
