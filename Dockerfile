# syntax=docker/dockerfile:1
# Shensi with the embedded profile: no GPU, no model download. One image is both the service and the page.
# It runs as a user of its own, needs one writable folder (/data) and a /tmp, and holds no secret.
ARG PYTHON=3.11.14-slim-bookworm

FROM python:${PYTHON} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
# The packages first: a change of our own code does not install them again.
COPY requirements.txt constraints.txt ./
RUN python -m venv /opt/shensi && /opt/shensi/bin/pip install -r requirements.txt -c constraints.txt
COPY agent agent
COPY configs configs
COPY graphs graphs
COPY knowledge knowledge
COPY memory memory
COPY retrieval retrieval
COPY tools tools
# Compiled here, because the folder cannot be written later; readable for any user id that a cluster chooses.
RUN /opt/shensi/bin/python -m compileall -q agent configs graphs memory retrieval tools && chmod -R a=rX,u+w /app

FROM python:${PYTHON}
RUN groupadd --gid 10001 shensi \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin shensi \
    && install -d -o 10001 -g 10001 -m 0700 /data
COPY --from=build /opt/shensi /opt/shensi
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/opt/shensi/bin:$PATH \
    HOME=/tmp \
    LANG=C.UTF-8 \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    SHENSI_STORAGE__DATA_DIR=/data
USER 10001:10001
VOLUME /data
EXPOSE 8000 8501
# Whether the process answers; whether it can work is /readyz, which a gateway asks. The page has a check of its own in compose.yaml.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
    CMD ["python", "-c", "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8000, timeout=4); c.request('GET', '/livez'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["python", "-m", "agent"]
# On every address of the container; the service then insists on SHENSI_SERVER__AUTH__REQUIRED=true and does not start without it.
CMD ["serve", "--host", "0.0.0.0"]
