"""A flow of numbered packets by scapy, and a count of those that come.

h2 python3 scapy_traffic.py receive 5004 400 10 &               # 400 packets, or what comes in 10 s
h1 python3 scapy_traffic.py send 10.0.2.2 4000 5004 200 2       # 200 packets a second, 2 s
"""

import sys
import time

from scapy.config import conf
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether
from scapy.packet import Raw
from scapy.sendrecv import sniff

PAYLOAD_BYTES = 1000


def send(to: str, sport: int, dport: int, packets_per_s: int, seconds: int) -> None:
    """Send, the number of each packet being its IP identification.

    Who was late does not catch up: a burst would exceed the reservation.
    """
    packets = IP(dst=to) / UDP(sport=sport, dport=dport) / Raw(bytes(PAYLOAD_BYTES))
    socket = conf.L3socket()
    count = packets_per_s * seconds
    for number in range(count):
        packets[IP].id = number
        socket.send(packets)
        time.sleep(1 / packets_per_s)
    print(f"sent {count}")


def receive(dport: int, count: int, seconds: int) -> None:
    """Wait for so many packets, and no longer than some time."""
    seen = sniff(
        count=count,
        timeout=seconds,
        started_callback=lambda: print("listening", flush=True),
        lfilter=lambda packet: Ether in packet and UDP in packet and packet[UDP].dport == dport,
    )
    print(f"received {len({packet[IP].id for packet in seen})}")


if __name__ == "__main__":
    what, *words = sys.argv[1:]
    if what == "send":
        send(words[0], *map(int, words[1:]))
    else:
        receive(*map(int, words))
