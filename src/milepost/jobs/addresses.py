"""Which addresses a request of ours may go to."""

import ipaddress
import socket

NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Refused(RuntimeError):
    """Something that is not sent: its address leads into a private network, or nothing can sign it."""


def reachable(host: str, port: int, *, inside: bool) -> str:
    """Return the address to send to.

    Args:
        host: a name or an address.
        inside: whether private networks are allowed.

    Raises:
        Refused: one of the name's addresses is not public, and that is not allowed.
        OSError: the name is unknown.
    """
    found = sorted({str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)})
    for one in found:
        if not inside and not is_public(one):
            raise Refused(f"{host} is {one}, inside a private network. MILEPOST_PRIVATE_WEBHOOKS=1 allows that.")
    return found[0]


def is_public(text: str) -> bool:
    """Return whether an address leads out, also the one that an IPv6 address carries inside."""
    address = ipaddress.ip_address(text.split("%", maxsplit=1)[0])
    return all(a.is_global and not a.is_multicast for a in (address, *_carried(address)))


def _carried(address: Address) -> list[Address]:
    """Return the IPv4 addresses that an IPv6 address stands for: mapped, 6to4, Teredo, NAT64."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found: list[Address | None] = [address.ipv4_mapped, address.sixtofour]
    found += address.teredo or ()
    if address in NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [one for one in found if one is not None]
