FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/Web/Web.csproj -c Release -o /program

FROM mcr.microsoft.com/dotnet/aspnet:10.0
COPY --from=build /program /program
RUN mkdir -m 0700 /data && chown app:app /data
USER app
ENV POSTERN_DATA=/data
VOLUME /data
STOPSIGNAL SIGTERM
ENTRYPOINT ["/program/Postern.Web"]
