#!/bin/sh
# Installs what is missing, brings the database up to date and serves on this machine only.
set -eu
cd "$(dirname "$0")/.."

port=${PORT:-8000}
deploy/venv.sh requirements.txt
.venv/bin/python manage.py prepare --port "$port"
export MALLOC_ARENA_MAX=2 # threads do not each take memory of their own
.venv/bin/python -m gunicorn guicheng.wsgi --bind "127.0.0.1:$port" --workers 2 --threads 4 --timeout 180 --no-control-socket --log-level warning &
server=$!
# long imports are read and written beside the pages
.venv/bin/python manage.py db_worker &
worker=$!
stop() { kill "$server" "$worker" 2>/dev/null || true; }
trap stop INT TERM
code=0
wait "$server" || code=$?
stop
wait
exit "$code"
