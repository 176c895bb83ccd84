"""The server itself: address, TLS, limits, start and stop."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import grpc
from finsy.proto import p4r

from p4rsvp.dataplane.device import Device
from p4rsvp.p4rt.limits import Limits
from p4rsvp.p4rt.service import EVERYBODY, P4RuntimeService
from p4rsvp.security.roles import Names

_STOP_GRACE_S: Final = 1.0
_YOUNG_OBJECTS: Final = 50_000


def spare_the_collector() -> None:
    """For a process that is a switch, once its program runs: a fifth of the time of a write.

    The program's objects live as long as it does, and what a write leaves has no cycles, so that
    the collector would walk all of it for every few hundred entries and find nothing.
    """
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, 10, 10)


@dataclass(frozen=True, slots=True)
class Tls:
    """PEM files; with `client_ca`, only clients that it has signed are let in (mutual TLS).

    Where `names` has any, only they are: operators may do all, viewers may read.
    """

    certificate: Path
    key: Path
    client_ca: Path | None = None
    names: Names = EVERYBODY

    def __post_init__(self) -> None:
        """Names are in certificates that clients show."""
        if self.names != EVERYBODY and self.client_ca is None:
            raise ValueError("operators and viewers are known by certificates of a client CA")

    def credentials(self) -> grpc.ServerCredentials:
        """Read the files."""
        return grpc.ssl_server_credentials(
            [(self.key.read_bytes(), self.certificate.read_bytes())],
            root_certificates=self.client_ca.read_bytes() if self.client_ca else None,
            require_client_auth=self.client_ca is not None,
        )


def _handlers(service: P4RuntimeService) -> grpc.GenericRpcHandler:
    """The six RPCs by name; not the generated list, as Write takes its request as bytes."""
    methods: dict[str, grpc.RpcMethodHandler[Any, Any]] = {
        "Write": grpc.unary_unary_rpc_method_handler(
            service.Write, None, p4r.WriteResponse.SerializeToString
        ),
        "Read": grpc.unary_stream_rpc_method_handler(
            service.Read, p4r.ReadRequest.FromString, p4r.ReadResponse.SerializeToString
        ),
        "SetForwardingPipelineConfig": grpc.unary_unary_rpc_method_handler(
            service.SetForwardingPipelineConfig,
            p4r.SetForwardingPipelineConfigRequest.FromString,
            p4r.SetForwardingPipelineConfigResponse.SerializeToString,
        ),
        "GetForwardingPipelineConfig": grpc.unary_unary_rpc_method_handler(
            service.GetForwardingPipelineConfig,
            p4r.GetForwardingPipelineConfigRequest.FromString,
            p4r.GetForwardingPipelineConfigResponse.SerializeToString,
        ),
        "StreamChannel": grpc.stream_stream_rpc_method_handler(
            service.StreamChannel,
            p4r.StreamMessageRequest.FromString,
            p4r.StreamMessageResponse.SerializeToString,
        ),
        "Capabilities": grpc.unary_unary_rpc_method_handler(
            service.Capabilities,
            p4r.CapabilitiesRequest.FromString,
            p4r.CapabilitiesResponse.SerializeToString,
        ),
    }
    return grpc.method_handlers_generic_handler("p4.v1.P4Runtime", methods)


class P4RuntimeServer:
    """One device behind one address; start and stop it on the event loop that serves it."""

    def __init__(
        self,
        device: Device,
        *,
        address: str,
        device_id: int = 1,
        tls: Tls | None = None,
        limits: Limits | None = None,
    ) -> None:
        limits = limits or Limits()
        self.service: Final = P4RuntimeService(
            device, device_id, limits, EVERYBODY if tls is None else tls.names
        )
        self._server = grpc.aio.server(
            options=(
                ("grpc.max_receive_message_length", limits.message_bytes),
                ("grpc.so_reuseport", 0),  # a second server on the port has to fail, not to share
                # A controller that vanished without a word loses its mastership within a minute.
                ("grpc.keepalive_time_ms", 30_000),
                ("grpc.keepalive_timeout_ms", 20_000),
            ),
            maximum_concurrent_rpcs=limits.concurrent_rpcs,
        )
        self._server.add_generic_rpc_handlers((_handlers(self.service),))
        self.port: Final = self._listen(address, tls)

    def _listen(self, address: str, tls: Tls | None) -> int:
        """Take the address; OSError says that it cannot be had."""
        try:
            if tls is not None:
                return self._server.add_secure_port(address, tls.credentials())
            return self._server.add_insecure_port(address)
        except RuntimeError as error:  # grpc's way to say it
            raise OSError(f"cannot listen at {address}: {error}") from error

    async def start(self) -> None:
        """Begin to serve."""
        await self._server.start()

    async def stop(self) -> None:
        """End the sessions, then let go of the data plane."""
        await self._server.stop(_STOP_GRACE_S)
        self.service.stop()
