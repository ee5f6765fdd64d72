# One image for web, worker and beat; `docker-compose.yml` says which command each runs.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    COLLECTED_STATIC=1 \
    STATE_DIR=/tmp/practice

WORKDIR /practice

COPY requirements/runtime.txt requirements/
RUN pip install --no-cache-dir --no-deps --compile --require-hashes \
        --requirement requirements/runtime.txt

COPY manage.py pyproject.toml ./
COPY config config
COPY locations locations
COPY clients clients
COPY scheduling scheduling

# Collecting needs settings, but no secret, database or Redis of this image's own.
RUN SECRET_KEY=only-to-collect-static-files-nothing-is-signed-with-it \
    DATABASE_URL=postgresql://nowhere/none REDIS_URL=redis://nowhere \
    python manage.py collectstatic --no-input

USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD \
    ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz')"]
CMD ["gunicorn", "--config", "python:config.gunicorn", "--bind", "0.0.0.0:8000", "config.wsgi"]
