# One image for web, worker, beat, relay, preparation and backup. It holds no key, no password and no data.
FROM python:3.12-slim AS packages
RUN python -m venv /venv
COPY requirements/run.txt /tmp/run.txt
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/run.txt

FROM python:3.12-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production \
    LOCAL_DIR=/data
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin mulin \
    && install -d -o mulin -g mulin -m 0700 /data /backups
COPY --from=packages /venv /venv
COPY . /app
WORKDIR /app
# translations and Python are compiled here because /app is read-only when it runs
RUN python -m launcher.messages . && python -m compileall -q /app && chmod -R a+rX /app
USER 10001:10001
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "config.wsgi:application", "--bind", "0.0.0.0:8000", "--no-control-socket"]
