# One bundled file on a base without shell or package manager.
FROM node:24-trixie-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY scripts ./scripts
COPY src ./src
RUN node scripts/build.ts

FROM gcr.io/distroless/nodejs24-debian13:nonroot
WORKDIR /app
COPY --from=build /build/dist/operator.mjs ./operator.mjs
# 65532, by number too in the pod's securityContext: the kubelet can't check a name.
USER nonroot
EXPOSE 8080
# The base's entry point is node.
CMD ["operator.mjs"]
