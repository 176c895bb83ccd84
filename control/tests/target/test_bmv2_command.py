"""The command line of bmv2, which the tests beside run; here what differs between its users."""

import re

from p4rsvp.target import bmv2


def test_each_interface_is_a_port() -> None:
    command = bmv2.command("127.0.0.1:9559", 9090, [(1, "eth0"), (7, "eth1")])
    text = " ".join(command)
    assert re.findall(r"-i (\S+)", text) == ["1@eth0", "7@eth1"]
    assert "--dp-grpc-server-addr" not in text


def test_what_is_the_targets_comes_behind_what_is_the_models() -> None:
    command = bmv2.command("a:1", 9090, frames_address="a:2", log=("--log-console",))
    general, own = " ".join(command).split(" -- ")
    assert general.endswith("--thrift-port 9090 --log-console")
    assert own.startswith("--grpc-server-addr a:1 --dp-grpc-server-addr a:2")
