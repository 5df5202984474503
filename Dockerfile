# Ubuntu carries the SDK and the runtime in its own archive: nothing else has to be trusted.
FROM ubuntu:26.04 AS build
RUN apt-get update && apt-get install -y --no-install-recommends dotnet-sdk-10.0 && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN dotnet publish src/Web/Web.csproj -c Release -o /program

FROM ubuntu:26.04
RUN apt-get update && apt-get install -y --no-install-recommends aspnetcore-runtime-10.0 libldap2 && rm -rf /var/lib/apt/lists/*
COPY --from=build /program /program
RUN useradd --system postern && install -d -m 0700 -o postern -g postern /data
USER postern
ENV POSTERN_DATA=/data
VOLUME /data
STOPSIGNAL SIGTERM
ENTRYPOINT ["/program/Postern.Web"]
