# bmv2 with what it needs to be wired into the lab. p4lang/behavioral-model has the tags `stable` and `latest`
# only; BMV2=p4lang/behavioral-model@sha256:... holds one fast.
ARG BMV2=p4lang/behavioral-model:stable
FROM ${BMV2}
# A distribution drops the versions that it has replaced, so none is named.
# hadolint ignore=DL3008
RUN apt-get update && \
    apt-get install --yes --no-install-recommends iproute2 && \
    rm -rf /var/lib/apt/lists/*
COPY --chmod=755 ci/docker/wire ci/docker/run-bmv2 /usr/local/bin/
ENTRYPOINT ["wire"]
