# p4rsvp in three images. `daemon` is the control plane alone, without any privilege. `node` adds what a switch
# and a host of the lab need to have interfaces of their own: it runs as root of its container, with NET_ADMIN
# and NET_RAW. `dpdk` is a node with p4rsvp-dpdk and DPDK's drivers.
#   docker build --file ci/docker/p4rsvp.Dockerfile --target daemon --tag p4rsvp-daemon .

FROM python:3.11.14-slim-bookworm AS build
WORKDIR /build
COPY ci/docker/requirements.lock .
RUN python -m venv /opt/p4rsvp && \
    /opt/p4rsvp/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY control/p4rsvp control/p4rsvp
RUN /opt/p4rsvp/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11.14-slim-bookworm AS daemon
COPY --from=build /opt/p4rsvp /opt/p4rsvp
COPY p4src/build /usr/share/p4rsvp
# Compiled kernels are kept in a volume, so that only the first start waits for them.
RUN useradd --create-home --uid 10001 p4rsvp && \
    install --directory --owner p4rsvp /run/p4rsvp /var/cache/p4rsvp
ENV PATH=/opt/p4rsvp/bin:$PATH XDG_CACHE_HOME=/var/cache/p4rsvp NUMBA_CACHE_DIR=/var/cache/p4rsvp/numba
USER 10001
ENTRYPOINT ["p4rsvp"]
CMD ["--help"]

FROM daemon AS node
# Interfaces are root's to make.
# hadolint ignore=DL3002,DL3066
USER root
# Debian drops the versions that it has replaced, so none is named.
# hadolint ignore=DL3008
RUN apt-get update && \
    apt-get install --yes --no-install-recommends ethtool iperf3 iproute2 iputils-ping && \
    rm -rf /var/lib/apt/lists/*
COPY --chmod=755 ci/docker/wire /usr/local/bin/wire
ENTRYPOINT ["wire"]
CMD ["--", "p4rsvp", "--help"]

FROM python:3.11.14-slim-bookworm AS dpdk-build
# hadolint ignore=DL3008
RUN apt-get update && \
    apt-get install --yes --no-install-recommends gcc libc6-dev libdpdk-dev meson ninja-build pkg-config
COPY dpdk /dpdk
RUN meson setup --buildtype=release /out /dpdk && ninja -C /out p4rsvp-dpdk

FROM node AS dpdk
# hadolint ignore=DL3008
RUN apt-get update && \
    apt-get install --yes --no-install-recommends librte-meta-net librte-mempool-ring23 && \
    rm -rf /var/lib/apt/lists/*
COPY --from=dpdk-build /out/p4rsvp-dpdk /usr/local/bin/p4rsvp-dpdk
