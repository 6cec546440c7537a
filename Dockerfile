# One static binary, a user of its own, no shell.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=unknown
ENV CGO_ENABLED=0
RUN go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /out/sunday ./cmd/sunday \
 && go build -trimpath -ldflags "-s -w" -o /out/healthcheck ./tools/healthcheck \
 && mkdir -p /empty/data /empty/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/ /
COPY --from=build --chown=65532:65532 /empty/ /
USER 65532:65532
ENV SUNDAY_ADDR=0.0.0.0:8080 SUNDAY_DATA=/data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["/healthcheck", "http://127.0.0.1:8080/readyz"]
ENTRYPOINT ["/sunday"]
CMD ["run"]
