# syntax=docker/dockerfile:1
# A small image of Lavadeck: built with the Swift toolchain, run with Debian's libcurl and SQLite.

FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libcurl4-openssl-dev libsqlite3-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY Package.swift ./
COPY Sources ./Sources
COPY Tests ./Tests
COPY Benchmarks ./Benchmarks
RUN swift build -c release --static-swift-stdlib --product lavadeck \
    && install -D -m 0755 "$(swift build -c release --show-bin-path)/lavadeck" /out/lavadeck \
    && strip /out/lavadeck

FROM debian:bookworm-slim
LABEL org.opencontainers.image.title="Lavadeck" \
    org.opencontainers.image.description="A control plane for Lavalink nodes" \
    org.opencontainers.image.licenses="MIT"
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates libcurl4 libsqlite3-0 libstdc++6 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 65532 lavadeck \
    && useradd --system --uid 65532 --gid 65532 --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin lavadeck \
    && install -d -o 65532 -g 65532 -m 0750 /data
COPY --from=build /out/lavadeck /usr/local/bin/lavadeck
COPY LICENSE /usr/share/doc/lavadeck/copyright
# On this address Lavadeck needs a token: set LAVADECK_TOKEN_FILE, or "tokens" in the file.
ENV LAVADECK_LISTEN=0.0.0.0:8333 \
    LAVADECK_DATABASE=/data/lavadeck.db
WORKDIR /data
VOLUME /data
EXPOSE 8333
USER 65532:65532
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["lavadeck", "healthcheck"]
ENTRYPOINT ["lavadeck"]
CMD ["serve"]
