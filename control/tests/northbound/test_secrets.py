"""No output of a daemon holds a secret of its keys, in whatever form: log, API, metrics, tape."""

from __future__ import annotations

import asyncio
import base64
import logging
import urllib.request
from pathlib import Path

import grpc
import pytest
from google.protobuf import text_format
from packet.softswitch import Softswitch

from p4rsvp.daemon.reading import ConfigError
from p4rsvp.daemon.router import read_router
from p4rsvp.northbound.metrics import MetricsServer
from p4rsvp.northbound.server import SERVICE, NorthboundServer, socket_address
from p4rsvp.northbound.v1 import router_pb2 as pb
from tests.daemon.rig import host, router
from tests.daemon.test_daemon import path, resv
from tests.daemon.test_integrity import SecuredRig
from tests.daemon.test_keyfile import KEY, SECRET, key_file

OUTPUTS = '[recorder]\nfile = "r1.tape"\n[metrics]\naddress = "127.0.0.1:0"\n'
OUTPUTS += '[northbound]\nsocket = "r1.sock"\n[log]\nlevel = "debug"\n'
PATIENCE_S = 20.0
_RAW = SECRET.encode()
FORMS = {
    "as it is": _RAW,
    "as hex": _RAW.hex().encode(),
    "as HEX": _RAW.hex().upper().encode(),
    "as hex with colons": _RAW.hex(":").encode(),
    "as base64": base64.b64encode(_RAW).rstrip(b"="),
    "as base64 of URLs": base64.urlsafe_b64encode(_RAW).rstrip(b"="),
    "as Python shows bytes": repr(_RAW)[2:-1].encode(),
    "as a list of numbers": str(list(_RAW))[1:-1].encode(),
}


def work(rig: SecuredRig) -> None:
    """Sign, verify, refuse, and reload: all that has to do with keys."""
    rig.meet(1)
    rig.meet(2)
    good = rig.signed(path())
    for bad in (good[:30] + bytes([good[30] ^ 1]) + good[31:], good[:-4]):
        rig.deliver(1, bad, host(2), alert=True)
    rig.send(1, path(), host(2), alert=True)
    rig.deliver(1, good, host(2), alert=True)
    _, at_receiver = rig.receive(2)
    rig.deliver(2, rig.signed(resv(at_receiver.hop.lih)), router(2))
    rig.receive(1)
    key_file(rig.daemon.config.path.parent, KEY.replace("id = 7", "id = 8") + KEY)

    async def reload() -> None:
        assert rig.daemon.reload(read_router(rig.daemon.config.path)) == ()

    rig.call(reload())


async def told(rig: SecuredRig) -> dict[str, bytes]:
    """What the API and the metrics tell."""
    server, metrics = NorthboundServer(rig.daemon), MetricsServer(rig.daemon)
    await server.start()
    await metrics.start()
    try:
        async with grpc.aio.insecure_channel(
            socket_address(rig.daemon.config.file("r1.sock"))
        ) as channel:
            call = channel.unary_unary(
                f"/{SERVICE}/State",
                pb.StateRequest.SerializeToString,
                pb.StateResponse.FromString,
            )
            state = await call(pb.StateRequest())
        url = f"http://127.0.0.1:{metrics.port}/metrics"
        scraped = await asyncio.to_thread(scrape, url)
    finally:
        await metrics.stop()
        await server.stop()
    return {
        "state": state.SerializeToString() + text_format.MessageToString(state).encode(),
        "metrics": scraped,
    }


def scrape(url: str) -> bytes:
    """What Prometheus would be told; not on the daemon's loop, which answers."""
    with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:  # noqa: S310 (our own)
        found: bytes = answer.read()
        return found


def test_no_output_holds_a_secret(
    switch: Softswitch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        caplog.at_level(logging.DEBUG),
        SecuredRig(switch, tmp_path, more=OUTPUTS) as rig,
    ):
        work(rig)
        outputs = rig.call(told(rig))
        keys = rig.daemon.config.keys
        shown = (rig.daemon.config, keys, rig.daemon.guarding.guard, *keys.all)
        outputs["what a traceback or a debugger's print shows"] = repr(shown).encode()
    (tmp_path / "keys.toml").write_text(KEY + "nonsense = 1\n")
    with pytest.raises(ConfigError) as mistake:
        read_router(tmp_path / "p4rsvp.toml")
    outputs["mistake"] = str(mistake.value).encode()
    outputs["log"] = caplog.text.encode()
    outputs |= {one.name: one.read_bytes() for one in tmp_path.glob("r1.tape*")}
    assert {"state", "metrics", "log", "r1.tape", "mistake"} <= outputs.keys()
    assert all(outputs.values())
    found = [
        (where, how)
        for where, text in outputs.items()
        for how, form in FORMS.items()
        if form in text
    ]
    assert not found
