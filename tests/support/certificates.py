"""Certificates, made fresh for each test."""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Authority:
    """A certificate authority that only this test knows."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    folder: Path

    @classmethod
    def create(cls, folder: Path, common_name: str = "test authority") -> "Authority":
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name(common_name)
        certificate = (
            _builder(name, name, key, valid_for=timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        authority = cls(key, certificate, folder)
        authority.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return authority

    @property
    def file(self) -> Path:
        """The authority's certificate in PEM."""
        return self.folder / "authority.pem"

    @property
    def subject_hash(self) -> str:
        """The name OpenSSL looks for in a folder: SHA-1 of the canonical subject, here one lower-case UTF8String."""
        text = self.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
        assert isinstance(text, str)
        value = b"\x0c" + bytes([len(text)]) + text.encode()
        attribute = b"\x06\x03\x55\x04\x03" + value
        sequence = b"\x30" + bytes([len(attribute)]) + attribute
        canonical = b"\x31" + bytes([len(sequence)]) + sequence
        return sha1(canonical, usedforsecurity=False).digest()[3::-1].hex()

    def client_context(self) -> ssl.SSLContext:
        """Trust this authority and no other."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cafile=self.file)
        return context

    def server_context(
        self,
        names: Sequence[str] = ("localhost",),
        *,
        valid_for: timedelta = timedelta(days=1),
        valid_in: timedelta = timedelta(days=-2),
        self_signed: bool = False,
        common_name: str = "test server",
    ) -> ssl.SSLContext:
        """Prove to be these hosts, for so long (negative: until then), from then on."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(common_name)
        issuer, signer = (subject, key) if self_signed else (self.certificate.subject, self.key)
        certificate = (
            _builder(subject, issuer, key, valid_for=valid_for, valid_in=valid_in)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
            .sign(signer, hashes.SHA256())
        )
        chain = self.folder / "server.pem"
        chain.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        return context


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    *,
    valid_for: timedelta,
    valid_in: timedelta = timedelta(days=-2),
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + valid_in)
        .not_valid_after(now + valid_for)
    )
