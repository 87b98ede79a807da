"""The file that says where Kafka is: `HUIXIANG_KAFKA_FILE`, TOML, readable by its owner alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from huixiang.platform import private_file
from huixiang.platform.in_transit import is_private_kafka
from huixiang.platform.settings import CannotRun

Broker = Annotated[str, Meta(pattern=r"^([A-Za-z0-9._-]{1,255}|\[[0-9a-fA-F:.]{2,45}\]):[0-9]{1,5}$(?!\n)")]
Topic = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,249}$(?!\n)")]
Secret = Annotated[str, Meta(min_length=1, max_length=512)]


class Cluster(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`brokers`: some of them, `host:port`; they name the others. `ca_file`: of the authority that signed their
    certificates, where the machine does not know it. `user` and `password`: SASL; without them the brokers ask nobody
    who he is. `tls`: verified, certificate and name."""

    brokers: Annotated[list[Broker], Meta(min_length=1, max_length=20)]
    topic: Topic = "huixiang.events"
    tls: bool = True
    ca_file: str | None = None
    user: Secret | None = None
    password: Secret | None = None
    mechanism: Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"] = "SCRAM-SHA-512"

    def __post_init__(self) -> None:
        if (self.user is None) != (self.password is None):
            raise ValueError("user and password come together")
        if self.ca_file is not None and not self.tls:
            raise ValueError("ca_file is of use with tls alone")


def read(path: Path, *, open_network: bool) -> Cluster:
    """open_network: brokers on other hosts may be spoken to without TLS. Raises CannotRun for a file that is missing,
    readable by others, or says what is not allowed."""
    try:
        cluster = msgspec.toml.decode(private_file.read(path), type=Cluster)
    except FileNotFoundError:
        raise CannotRun(f"there is no Kafka file {path}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CannotRun(f"{path}: {error}") from None
    if not open_network and not cluster.tls and not is_private_kafka(cluster.brokers):
        raise CannotRun(
            f"{path}: tls = false would let others listen, which production does not do to other hosts"
            " unless HUIXIANG_TRUSTED_NETWORK=on says that nobody else is in the network"
        )
    if cluster.ca_file is not None and not Path(cluster.ca_file).is_file():
        raise CannotRun(f"{path}: there is no ca_file {cluster.ca_file}")
    return cluster
