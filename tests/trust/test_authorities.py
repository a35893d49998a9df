"""Whom TLS trusts: the system's authorities, and those of a file that is given."""

import os
import socket
import ssl
from pathlib import Path

import pytest

from sekuire_gate.errors import SettingsError
from sekuire_gate.trust.authorities import check_ca_bundle, load_authorities, load_ca_bundle
from tests.support.certificates import Authority
from tests.support.sockets import sending, socket_server


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.create(tmp_path)


def client_context() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def connects(context: ssl.SSLContext, authority: Authority) -> bool:
    """Whether a client believes a server of that authority."""
    with (
        socket_server(sending(b""), tls=authority.server_context(), reads=False) as server,
        socket.create_connection(("127.0.0.1", server.port)) as connection,
    ):
        try:
            context.wrap_socket(connection, server_hostname="localhost").close()
        except ssl.SSLCertVerificationError:
            return False
        return True


def trusted_here(authority: Authority, *, folder: Path, file: Path) -> bool:
    """Whether a system with these authorities believes a server of that one."""
    context = client_context()
    load_authorities(context, folder=str(folder), file=str(file))
    return connects(context, authority)


def test_the_systems_authorities_are_trusted_whether_they_are_a_folder_or_a_file(
    authority: Authority, tmp_path: Path
) -> None:
    hashed, empty, missing = tmp_path / "hashed", tmp_path / "empty", tmp_path / "missing"
    hashed.mkdir()
    empty.mkdir()
    (hashed / f"{authority.subject_hash}.0").write_bytes(authority.file.read_bytes())
    assert trusted_here(authority, folder=hashed, file=missing)
    assert trusted_here(authority, folder=empty, file=authority.file)
    assert not trusted_here(authority, folder=missing, file=missing)


def test_without_authorities_of_the_system_those_of_certifi_are_trusted(tmp_path: Path) -> None:
    context = client_context()
    load_authorities(context, folder=str(tmp_path), file=str(tmp_path / "missing"))
    assert context.cert_store_stats()["x509_ca"] > 50


def trusts(ca_bundle: Path, authority: Authority) -> bool:
    """Whether a server of that authority is believed with this file."""
    context = client_context()
    load_ca_bundle(context, ca_bundle)
    return connects(context, authority)


@pytest.fixture
def other(tmp_path: Path) -> Authority:
    folder = tmp_path / "other"
    folder.mkdir()
    return Authority.create(folder, "other authority")


def test_a_file_of_authorities_is_trusted_beside_the_systems(authority: Authority, other: Authority) -> None:
    assert trusts(authority.file, authority)
    assert not trusts(other.file, authority)
    context = client_context()
    load_authorities(context, folder="", file=str(other.file))
    load_ca_bundle(context, authority.file)
    assert connects(context, authority)
    assert connects(context, other)
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_names_between_the_certificates_of_a_file_mean_nothing(
    authority: Authority, other: Authority, tmp_path: Path
) -> None:
    both = tmp_path / "both.pem"
    both.write_bytes(
        b"# \xe9\xff T\xc3\x9cRKTRUST\r\n" + other.file.read_bytes() + b"\n\x00\n" + authority.file.read_bytes()
    )
    assert trusts(both, authority)
    assert trusts(both, other)


BROKEN = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "holds no certificate in PEM"),
        (b"hello\n", "holds no certificate in PEM"),
        (b"\x30\x82\x01\x00", "holds no certificate in PEM"),
        (b"-----BEGIN CERTIFICATE-----\n", "holds no certificate in PEM"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "holds no certificate in PEM"),
        (BROKEN, "holds a certificate that cannot be read"),
        (BROKEN.replace(b"AAAA", b"\xe9"), "holds a certificate that cannot be read"),
        (BROKEN.replace(b"AAAA", b""), "holds a certificate that cannot be read"),
        (b" " * 4_194_305, "is larger than 4 MiB"),
    ],
    ids=["empty", "text", "DER", "cut", "a key", "no certificate", "no base64", "nothing in it", "huge"],
)
def test_a_file_that_holds_no_authorities_is_a_matter_of_settings(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "bundle.pem"
    path.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        check_ca_bundle(path)
    assert caught.value.kind == "config.usage"
    assert caught.value.message == f"the file '{path}' of ca-bundle {words}."


def test_one_broken_certificate_among_good_ones_is_not_passed_over(authority: Authority, tmp_path: Path) -> None:
    path = tmp_path / "bundle.pem"
    check_ca_bundle(authority.file)
    path.write_bytes(authority.file.read_bytes() + BROKEN)
    with pytest.raises(SettingsError, match="cannot be read"):
        check_ca_bundle(path)


def test_a_file_of_authorities_that_is_none_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, reason in (
        (tmp_path / "none.pem", "cannot be read: No such file or directory"),
        (tmp_path, "cannot be read: Is a directory"),
        (tmp_path / "pipe", "is not a regular file"),
        (Path("/dev/zero"), "is not a regular file"),
        (tmp_path / "a\x00b", "cannot be read: its name holds NUL"),
    ):
        with pytest.raises(SettingsError) as caught:
            check_ca_bundle(path)
        assert caught.value.kind == "config.usage"
        assert caught.value.message == f"the file '{path}' of ca-bundle {reason}."
