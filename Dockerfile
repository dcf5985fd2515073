# SPDX-License-Identifier: Apache-2.0
# The agent's image: a build stage with the SDK and clang, and a runtime stage that holds the agent, the shared
# libraries that it loads and nothing else. `make image` makes the same content without a daemon.

FROM debian:12-slim AS build
ARG DOTNET_CHANNEL=10.0
WORKDIR /source
COPY scripts/setup.sh scripts/setup.sh
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates curl $(scripts/setup.sh --list build) \
 && curl -fsSL https://dot.net/v1/dotnet-install.sh -o /tmp/dotnet-install.sh \
 && bash /tmp/dotnet-install.sh --channel "$DOTNET_CHANNEL" --install-dir /usr/share/dotnet --no-path \
 && ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet
ENV DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
COPY . .
RUN scripts/publish.sh && scripts/image.sh --rootfs /rootfs

FROM scratch
COPY --from=build /rootfs /
ENV PATH=/app DOTNET_EnableDiagnostics=0 DOTNET_LTTng=0
LABEL org.opencontainers.image.title=node-agent org.opencontainers.image.licenses=Apache-2.0
WORKDIR /
ENTRYPOINT ["/app/node-agent"]
CMD ["run"]
