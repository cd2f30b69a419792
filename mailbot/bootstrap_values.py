"""What several parts of bootstrap take out of a setting."""

from pydantic import SecretStr


def password_of(secret: SecretStr | None, command: str) -> str | None:
    """The password itself, or what its command prints."""
    if secret is not None:
        return secret.get_secret_value()
    if not command:
        return None
    from mailbot.login import access_token

    return access_token(command)


def list_of(text: str) -> tuple[str, ...]:
    """The names between the commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
