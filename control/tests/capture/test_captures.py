"""Captures that nobody on this project wrote, read as their description says."""

from p4rsvp.capture.survey import Sighting, Survey
from p4rsvp.wire.adspec import Adspec
from p4rsvp.wire.extensions import HelloMessage
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.messages import Path, Resv, ResvConf
from p4rsvp.wire.restart import Capability, RestartCap
from p4rsvp.wire.style import StyleId
from tests.captures import capture


def survey(name: str) -> list[Sighting]:
    """Every message of a capture; the files themselves are sound."""
    with capture(name).open("rb") as stream:
        found = list(Survey(stream))
    sightings = [item for item in found if isinstance(item, Sighting)]
    assert len(sightings) == len(found) > 0
    return sightings


def test_peafowl_holds_a_path_a_resv_and_a_confirmation() -> None:
    sightings = survey("peafowl-rsvp.pcap")
    assert not any(seen.examined.problems for seen in sightings)
    path, resv, conf = (seen.examined.message for seen in sightings)
    assert isinstance(path, Path)
    assert isinstance(path.adspec, Adspec)
    assert isinstance(resv, Resv)
    assert resv.style.id is StyleId.FF
    assert isinstance(resv.flows[0].flowspec, Flowspec)
    assert resv.flows[0].flowspec.service is Service.CONTROLLED_LOAD
    assert resv.confirm is not None
    assert isinstance(conf, ResvConf)
    assert [seen.datagram.router_alert for seen in sightings] == [True, False, True]


def test_arkime_holds_a_path_inside_mpls() -> None:
    (seen,) = survey("arkime-mpls-basic.pcap")
    path = seen.examined.message
    assert isinstance(path, Path)
    assert isinstance(path.adspec, Adspec)
    assert path.adspec.guaranteed is not None
    assert path.adspec.controlled_load is not None
    assert (seen.packet, seen.datagram.labels) == (44, [29])


def test_a_hello_in_a_vlan_is_shown_although_its_checksum_is_wrong() -> None:
    (seen,) = survey("tcpdump-rsvp_cap.pcap")
    hello = seen.examined.message
    assert isinstance(hello, HelloMessage)
    assert isinstance(hello.restart_cap, RestartCap)
    assert isinstance(hello.capability, Capability)
    assert (seen.datagram.vlans, seen.examined.flags) == ([57], 1)
    assert seen.examined.problems == ("checksum 0x7d4d is wrong: 0x7d62 would be right",)


def test_an_object_of_length_zero_ends_the_message_and_not_the_program() -> None:
    sightings = survey("tcpdump-rsvp-infinite-loop.pcap")
    assert len(sightings) == 5
    for seen in sightings:
        assert seen.examined.message is None
        assert [item.class_num for item in seen.examined.objects] == [20]
        assert seen.examined.problems[-1].startswith("object length 0")


def test_a_fuzzed_path_shows_its_route_and_its_object_of_class_229() -> None:
    (seen,) = survey("tcpdump-rsvp-inf-loop-2.pcapng")
    assert [item.class_num for item in seen.examined.objects] == [1, 3, 5, 20, 229, 207, 11, 12, 13]
    assert seen.examined.problems[0].startswith("checksum 0x0ca3 is wrong")


def test_messages_that_are_cut_short_say_by_how_much() -> None:
    lengths = {
        "tcpdump-rsvp-rsvp_obj_print-oobr.pcap": 16384,
        "tcpdump-rsvp_fast_reroute-oobr.pcap": 41218,
        "tcpdump-rsvp_uni-oobr-1.pcap": 65527,
        "tcpdump-rsvp_uni-oobr-2.pcap": 65527,
        "tcpdump-rsvp_uni-oobr-3.pcap": 65527,
    }
    for name, length in lengths.items():
        for seen in survey(name):
            assert f"cut short: the RSVP length says {length} bytes" in seen.examined.problems[-1]
            assert seen.examined.objects
