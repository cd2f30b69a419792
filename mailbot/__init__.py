"""mailbot: e-mail triage with deadlines for the service desk of a customs broker."""

__version__ = "0.1.0"
