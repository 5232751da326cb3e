# The program in an image without a shell or a package manager: docker run --rm -v "$PWD:/desired:ro" -e WHATSAPP_CLOUD_TOKEN … plan
# The stages that run commands run on the builder's platform, so that no platform is emulated.
FROM --platform=$BUILDPLATFORM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json LICENSE ./
# The scripts of packages are not run; what builds is our own, in the next lines.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY scripts ./scripts
COPY schemas ./schemas
COPY src ./src
# dist/action is for GitHub alone.
RUN npm run build && rm -rf dist/action

# git of the image's platform, for --base: the program, its libraries, their licenses, and what scanners read. The
# repository is mounted and belongs to another user, which git refuses without safe.directory. Its configuration can
# start no program, because the image has none.
FROM --platform=$BUILDPLATFORM node:24-bookworm-slim AS git
ARG TARGETARCH
WORKDIR /git
RUN dpkg --add-architecture "$TARGETARCH" && apt-get update -qq \
  && apt-get download -qq "git:$TARGETARCH" "libpcre2-8-0:$TARGETARCH" "zlib1g:$TARGETARCH" \
  && mkdir -p root/etc root/usr/bin root/usr/lib root/var/lib/dpkg/status.d \
  && for name in git libpcre2-8-0 zlib1g; do \
       dpkg-deb --extract "$name"_*.deb "$name" \
       && dpkg-deb --field "$name"_*.deb > "root/var/lib/dpkg/status.d/$name" \
       && install -D -m 644 -t "root/usr/share/doc/$name" "$name/usr/share/doc/$name/copyright" || exit 1; \
     done \
  && cp -a git/usr/bin/git root/usr/bin/ \
  && cp -a libpcre2-8-0/usr/lib/*-linux-gnu* zlib1g/lib/*-linux-gnu* root/usr/lib/ \
  && printf '[safe]\n\tdirectory = *\n' > root/etc/gitconfig

FROM gcr.io/distroless/nodejs24-debian12:nonroot
ARG VERSION=
ARG REVISION=
ARG SOURCE=
LABEL org.opencontainers.image.title="blacklistctl" \
      org.opencontainers.image.description="Plans, applies and watches the blacklists of WhatsApp bots, with Git as their truth" \
      org.opencontainers.image.licenses="MIT AND GPL-2.0-only" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.source="$SOURCE"
COPY --from=git /git/root /
# The program is one bundle: it needs no node_modules. package.json says that it is a module; init copies the rest.
COPY package.json LICENSE /app/
COPY schemas /app/schemas
COPY examples /app/examples
COPY --from=build /src/dist /app/dist
# As a number, or Kubernetes could not tell that it is not root.
ENV NODE_DISABLE_COMPILE_CACHE=1
USER 65532:65532
WORKDIR /desired
ENTRYPOINT ["/nodejs/bin/node", "/app/dist/cli.js"]
