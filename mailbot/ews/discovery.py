"""Asks the domain's autodiscover service where EWS is (MS-OXDSCLI), with the mailbox's own login.

A redirect is never followed: it would hand the login to whoever answers.
"""

from dataclasses import replace
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

import requests

from mailbot.ews.endpoint import WHY_NOT_ONLINE, EwsEndpoint
from mailbot.ews.failure import EwsFailure
from mailbot.ews.wire import new_context, new_session, tokens_for

_ASKED = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request>'
    "<EMailAddress>{address}</EMailAddress><AcceptableResponseSchema>"
    "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
    "</AcceptableResponseSchema></Request></Autodiscover>"
)
_ANSWER = "{http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a}"


def discovered(endpoint: EwsEndpoint, address: str) -> EwsEndpoint:
    """The endpoint with its address filled in; an `EwsFailure` when nobody tells it."""
    failures = []
    for place in endpoint.discovery:
        try:
            return replace(endpoint, url=_asked(endpoint, place.format(domain=address.rpartition("@")[2]), address))
        except EwsFailure as failure:
            if failure.status == 401 or failure.code == "Online":
                raise
            failures.append(failure)
    raise EwsFailure(
        f"autodiscover no dijo dónde está EWS ({failures[-1]}): ponga MAILBOT_EWS_URL",
        code="NoDiscovery",
        is_unsent=all(failure.is_unsent for failure in failures),
    )


def _asked(endpoint: EwsEndpoint, place: str, address: str) -> str:
    at = replace(endpoint, url=place)
    with new_session(at, new_context(at), tokens_for(at)) as session:
        try:
            response = session.post(
                place,
                data=_ASKED.format(address=escape(address)).encode(),
                timeout=at.timeout.total_seconds(),
                allow_redirects=False,
            )
        except requests.exceptions.RequestException as error:
            raise EwsFailure(f"{at.host} no contestó ({type(error).__name__})", code="Broken") from error
    if response.status_code != 200:
        raise EwsFailure(f"{at.host} contestó HTTP {response.status_code}", status=response.status_code)
    return _url_in(response.content, at.host)


def _url_in(content: bytes, host: str) -> str:
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        answer: Element = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise EwsFailure(f"{host} no contestó como autodiscover", code="Malformed") from error
    if answer.findtext(f".//{_ANSWER}RedirectAddr"):
        raise EwsFailure(f"el buzón está en otra organización; si {WHY_NOT_ONLINE}", code="Online", is_unsent=True)
    urls = [url.text or "" for url in answer.iter(f"{_ANSWER}EwsUrl")]
    good = [url for url in urls if url.startswith("https://")]
    if not good:
        raise EwsFailure(f"{host} no dio una dirección de EWS", code="Malformed")
    return good[0]
