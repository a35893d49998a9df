"""Whom TLS trusts: the system's authorities, and those of a file that is given (docs/contract.md 3, `ca-bundle`)."""

import os
import re
import ssl
from pathlib import Path

from sekuire_gate.errors import SettingsError
from sekuire_gate.regular_file import read_regular_file

MAX_CA_BUNDLE_BYTES = 4_194_304  # 4 MiB; what systems bring is a twentieth of that

_HASHED_CA = re.compile(r"[0-9a-f]{8}\.[0-9]+")  # how OpenSSL names a CA's file, to find it when it is needed
_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----")


def load_system_authorities(context: ssl.SSLContext) -> str:
    """Trust the authorities that stand where OpenSSL was compiled to look; return the folder or the file."""
    # Not ssl's own choice: SSL_CERT_FILE and SSL_CERT_DIR could be set by an earlier step.
    paths = ssl.get_default_verify_paths()
    return load_authorities(context, folder=paths.openssl_capath, file=paths.openssl_cafile)


def load_authorities(context: ssl.SSLContext, *, folder: str, file: str) -> str:
    """Trust the system's authorities, or those that certifi brings where the system has none.

    Args:
        context: checks servers by them.
        folder: one file for each, named by OpenSSL's hash; preferred, as only what is asked for is read.
        file: all of them in PEM.

    Returns:
        The folder or the file that counts.
    """
    if _holds_hashed_authorities(folder):
        context.load_verify_locations(capath=folder)
        return folder
    if os.path.isfile(file):  # noqa: PTH113 - pathlib is not needed for a name from OpenSSL
        context.load_verify_locations(cafile=file)
        return file
    import certifi  # noqa: PLC0415 - only where the system brings no authorities

    context.load_verify_locations(cafile=certifi.where())
    return certifi.where()


def _holds_hashed_authorities(folder: str) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(_HASHED_CA.fullmatch(entry.name) for entry in entries)
    except OSError:
        return False


def load_ca_bundle(context: ssl.SSLContext, path: Path) -> None:
    """Trust the authorities of a PEM file besides; its other parts, and text between them, mean nothing.

    Raises:
        SettingsError: `config.usage`: no regular file that can be read, over 4 MiB, or without a certificate in PEM.
    """
    # One by one out of the text, since the library takes ASCII only and people write names between them.
    certificates = _CERTIFICATE.findall(_read(path))
    if not certificates:
        raise _no_bundle(path, "holds no certificate in PEM")
    try:
        context.load_verify_locations(cadata=b"\n".join(certificates).decode("ascii"))
    except (ssl.SSLError, UnicodeDecodeError) as error:
        raise _no_bundle(path, "holds a certificate that cannot be read") from error


def check_ca_bundle(path: Path) -> None:
    """See that a file of authorities can be loaded, whether or not it will be needed.

    Raises:
        SettingsError: as `load_ca_bundle`.
    """
    load_ca_bundle(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), path)


def _read(path: Path) -> bytes:
    try:
        pem = read_regular_file(path, MAX_CA_BUNDLE_BYTES)
    except OSError as error:
        raise _no_bundle(path, f"cannot be read: {error.strerror or 'unknown reason'}") from error
    except ValueError as error:
        raise _no_bundle(path, "cannot be read: its name holds NUL") from error
    if pem is None:
        raise _no_bundle(path, "is not a regular file")
    if len(pem) > MAX_CA_BUNDLE_BYTES:
        raise _no_bundle(path, "is larger than 4 MiB")
    return pem


def _no_bundle(path: Path, what: str) -> SettingsError:
    return SettingsError(
        f"the file '{path}' of ca-bundle {what}.",
        kind="config.usage",
        fix="Give ca-bundle a file with the authorities' certificates in PEM ('-----BEGIN CERTIFICATE-----').",
    )
