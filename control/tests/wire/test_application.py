"""Which application asks."""

import pytest
from hypothesis import given

from p4rsvp.wire.application import (
    ApplicationIdentity,
    read_application,
    read_distinguished_name,
)
from p4rsvp.wire.codes import PolicyValue
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.identity import AuthAttribute, AuthData, PolicyErrorObject
from p4rsvp.wire.policy_elements import ElementType

from .strategies_policy import applications

LOCATOR = AuthAttribute(1, 1, b"APP=SAP, VER=1.1, SAPP=Print")
NAME = AuthAttribute(2, 1, b"SAP.EXE")
SAP = ApplicationIdentity("SAP.EXE", (("APP", "SAP"), ("VER", "1.1"), ("SAPP", "Print")))


@pytest.mark.rfc("2872", "2")
@given(applications)
def test_an_application_survives_a_round_trip(value: ApplicationIdentity) -> None:
    assert read_application(value.auth_data()) == value


@pytest.mark.rfc("2872", "2")
def test_an_application_is_written_as_the_rfc_shows_it() -> None:
    assert SAP.auth_data() == AuthData(ElementType.AUTH_APP, (LOCATOR, NAME))


@pytest.mark.rfc("2872", "2")
def test_the_recommended_keys_are_found_in_any_case() -> None:
    assert SAP.value("app") == "SAP"
    assert SAP.value("VER") == "1.1"
    assert SAP.value("GUID") is None


@pytest.mark.rfc("2872", "2")
@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        (
            "GUID=http://www.microsoft.com/apps, APP=MyApplication, VER=1.2.3",
            (("GUID", "http://www.microsoft.com/apps"), ("APP", "MyApplication"), ("VER", "1.2.3")),
        ),
        ('APP="a, b" ; VER = 1', (("APP", "a, b"), ("VER", "1"))),
        (r"APP=a\,b", (("APP", "a,b"),)),
        (r'APP="say \"hi\""', (("APP", 'say "hi"'),)),
        ("APP=", (("APP", ""),)),
        ("", ()),
    ],
)
def test_a_distinguished_name_is_read_with_its_quotes_and_escapes(
    text: str, pairs: tuple[tuple[str, str], ...]
) -> None:
    assert read_distinguished_name(text) == pairs


@pytest.mark.rfc("2872", "2")
@pytest.mark.parametrize("text", ["APP", "=x", "APP=x,", 'APP="x', 'APP="x"y', "APP=x\\", ",", " "])
def test_a_malformed_distinguished_name_is_a_bad_element(text: str) -> None:
    with pytest.raises(DecodeError, match="distinguished name") as caught:
        read_distinguished_name(text)
    assert caught.value.value == PolicyValue.ERR_PE_BAD


@pytest.mark.rfc("2872", "2")
def test_a_long_malformed_name_is_refused_at_once() -> None:
    spaces = " " * 60_000
    for text in (f"APP={spaces}\\", f"{spaces}APP{spaces}", 'APP="' + "\\a" * 30_000):
        with pytest.raises(DecodeError, match="distinguished name"):
            read_distinguished_name(text)


@pytest.mark.rfc("3182", "3.3.1")
@pytest.mark.parametrize("value", ["Grüße", "\u7a0b"])
def test_unicode_is_utf_16_in_network_order_or_as_its_byte_order_mark_says(value: str) -> None:
    expected = ApplicationIdentity(value, (("APP", value),))
    for encoding in ("utf-16-be", "utf-16"):
        locator = AuthAttribute(1, 2, f"APP={value}".encode(encoding))
        name = AuthAttribute(2, 2, value.encode(encoding))
        auth = AuthData(ElementType.AUTH_APP, (locator, name))
        assert read_application(auth) == expected


@pytest.mark.rfc("2872", "2")
@pytest.mark.parametrize(
    ("auth", "why"),
    [
        (AuthData(ElementType.AUTH_USER, (LOCATOR, NAME)), "no AUTH_APP"),
        (AuthData(ElementType.AUTH_APP, ()), "no POLICY_LOCATOR"),
        (AuthData(ElementType.AUTH_APP, (NAME, LOCATOR)), "no POLICY_LOCATOR"),
        (AuthData(ElementType.AUTH_APP, (LOCATOR,)), "no CREDENTIAL"),
        (AuthData(ElementType.AUTH_APP, (LOCATOR, PolicyErrorObject(1))), "no CREDENTIAL"),
        (AuthData(ElementType.AUTH_APP, (LOCATOR, AuthAttribute(2, 4, b"x"))), "sub-type 4"),
        (AuthData(ElementType.AUTH_APP, (LOCATOR, AuthAttribute(2, 1, b"\xff"))), "not ascii"),
        (AuthData(ElementType.AUTH_APP, (LOCATOR, AuthAttribute(2, 2, b"x"))), "not utf-16-be"),
    ],
)
def test_an_element_that_names_no_application_is_a_bad_element(auth: AuthData, why: str) -> None:
    with pytest.raises(DecodeError, match=why) as caught:
        read_application(auth)
    assert caught.value.value == PolicyValue.ERR_PE_BAD
