# One image for the web and the worker; which of the two is the command. Nothing here needs a compiler.
FROM python:3.11-slim AS build
WORKDIR /src
COPY requirements.lock pyproject.toml README.md LICENSE ./
RUN python -m venv /opt/disburse && /opt/disburse/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY disburse disburse
COPY api api
COPY matching matching
COPY sample sample
RUN /opt/disburse/bin/pip install --no-cache-dir --no-deps .

FROM python:3.11-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin disburse \
 && mkdir /data && chown disburse:disburse /data
COPY --from=build /opt/disburse /opt/disburse
ENV PATH=/opt/disburse/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DISBURSE_DATA_DIR=/data DISBURSE_HOST=0.0.0.0
USER disburse
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["disburse", "serve"]
