#!/bin/sh
# Makes an environment, .venv unless another is named, and installs what a requirements file pins, only when that file
# changed: deploy/venv.sh requirements.txt; deploy/venv.sh deploy/requirements-audit.txt .venv-audit
set -eu
cd "$(dirname "$0")/.."

requirements=$1
venv=${2:-.venv}
stamp=$venv/$(basename "$requirements").stamp
python=${PYTHON:-python3}

stop() {
    echo "$1" >&2
    exit 1
}

if [ -x "$venv/bin/python" ] && [ -f "$stamp" ] && cmp -s "$requirements" "$stamp"; then
    exit 0
fi

command -v "$python" >/dev/null 2>&1 || stop "没有找到 python3，请先安装（例如 apt install python3 python3-venv）。"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || stop "Python 版本太低，需要 3.11 或更新的版本。"

# Debian without python3-venv has no ensurepip: then the machine's own pip installs into the environment
if [ ! -x "$venv/bin/python" ]; then
    "$python" -m venv "$venv" >/dev/null 2>&1 || "$python" -m venv --without-pip "$venv" >/dev/null 2>&1 ||
        stop "不能建立 Python 环境，请先安装 python3-venv（例如 apt install python3-venv）。"
fi
if "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    pip="$venv/bin/python -m pip"
elif "$venv/bin/python" -m ensurepip >/dev/null 2>&1; then
    pip="$venv/bin/python -m pip"
elif "$python" -m pip --version >/dev/null 2>&1; then
    pip="$python -m pip --python $venv/bin/python"
else
    stop "没有找到 pip，请先安装 python3-venv（例如 apt install python3-venv）。"
fi

echo "正在安装依赖（$requirements），首次约需一两分钟……"
$pip install --quiet --disable-pip-version-check --no-input --retries 2 --require-hashes -r "$requirements" \
    >"$venv/pip.log" 2>&1 </dev/null ||
    stop "依赖没有装上，请检查网络或软件镜像的设置后重试（详情见 $venv/pip.log）。"
cp "$requirements" "$stamp"
