"""Who may see what is meant for the operator alone: this machine, and addresses that were named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
Headers = Iterable[tuple[bytes, bytes]]

FORWARDED = frozenset(
    {
        b"forwarded",
        b"via",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-proto",
        b"x-forwarded-server",
        b"x-real-ip",
    }
)
"""What a proxy adds. Where one of them stands, the request is somebody else's, whoever brought it."""

HERE = frozenset({"localhost", "127.0.0.1", "[::1]"})


def read_networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks, separated by commas; ValueError for anything else."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def is_near(peer: str, headers: Headers, named: Sequence[Network] = ()) -> bool:
    """Whether a request comes straight from this machine or from a `named` network, through no proxy.

    `peer` may have been rewritten from a forwarded header: then that header still stands there: no. A proxy
    on this machine that adds nothing is betrayed by the Host it passes on, unless it changes that too.
    """
    given = [(name.lower(), value) for name, value in headers]
    if any(name in FORWARDED for name, _ in given):
        return False
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    if any(address in network for network in named):
        return True
    hosts = [value.decode("latin-1").lower() for name, value in given if name == b"host"]
    return address.is_loopback and all(_without_port(host) in HERE for host in hosts)


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host
