# The program in an image without a shell or a package manager: docker run --rm -v "$PWD:/desired:ro" -e SINCH_WHATSAPP_TOKEN … plan
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
# The scripts of packages are not run; what builds is our own, in the next lines.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY scripts ./scripts
COPY schemas ./schemas
COPY src ./src
# dist/action is for GitHub alone.
RUN npm run build && rm -rf dist/action

FROM gcr.io/distroless/nodejs24-debian12:nonroot
# The program is one bundle: it needs no node_modules. package.json says that it is a module; init copies the rest.
COPY package.json /app/
COPY schemas /app/schemas
COPY examples /app/examples
COPY --from=build /src/dist /app/dist
# As a number, or Kubernetes could not tell that it is not root.
USER 65532:65532
WORKDIR /desired
ENTRYPOINT ["/nodejs/bin/node", "/app/dist/cli.js"]
