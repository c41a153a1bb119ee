#!/bin/sh
# Installs what is missing, brings the database up to date and serves on this machine only.
set -eu
cd "$(dirname "$0")/.."

port=${PORT:-8000}
deploy/venv.sh requirements.txt
.venv/bin/python manage.py prepare --port "$port"
exec .venv/bin/python -m gunicorn guicheng.wsgi --bind "127.0.0.1:$port" --workers 2 --timeout 180 --no-control-socket --log-level warning
