# 桂城办实事：make run 启动，make test 测试，make check 只测改动（三分钟以内），make bench 测速，make audit 核对依赖有没有已知漏洞。只需要 python3、pip 和 make。
# 可用的变量：PORT=8001（端口） DATA_DIR=/srv/guicheng/var（数据放在哪里）

.PHONY: run test check bench audit lock

run:
	@deploy/run.sh

test:
	@deploy/venv.sh requirements-dev.txt
	@.venv/bin/python -m tests.run_all

check:
	@deploy/venv.sh requirements-dev.txt
	@.venv/bin/python -m tests.check $(ARGS)

PARTS = importing summary files restoring point_in_time memory

bench:
	@deploy/venv.sh requirements-dev.txt
	@.venv/bin/python -m tests.bench $(ARGS)
	@$(if $(findstring --quick,$(ARGS)),:,set -e; for part in $(PARTS); do .venv/bin/python -m tests.bench.$$part; done)

audit:
	@deploy/venv.sh requirements.txt
	@deploy/venv.sh deploy/requirements-audit.txt .venv-audit
	@.venv/bin/python manage.py audit_packages

LOCK = uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --no-annotate

lock:
	$(LOCK) pyproject.toml --output-file requirements.txt
	$(LOCK) pyproject.toml --extra pdf --output-file deploy/requirements-pdf.txt
	$(LOCK) pyproject.toml --extra pdf --group dev --output-file requirements-dev.txt
	$(LOCK) --group pyproject.toml:audit --output-file deploy/requirements-audit.txt
