# The commands of the course; `make` alone lists them.

PYTHON ?= python3
# Another one's environment stands beside it: make test-python VENV=.venv-3.13 PYTHON=python3.13
VENV ?= .venv
PY := $(VENV)/bin/python
TORCH_CPU_INDEX := $(shell sed -n 's/.*--extra-index-url //p' environment.yml)

# Named after the folder and the files, so that make installs again when one of them is another, and only then.
READY := $(VENV)/ready-$(shell (pwd; echo $(GPU); cat requirements.lock pyproject.toml Makefile) | cksum | cut -d' ' -f1)

# With Ray and JupyterHub, which no lesson needs; the latter's proxy if there is Node.js for it.
EXTRAS := $(READY)-extras

# Small networks train fastest on one thread, and outputs stay the same from machine to machine.
test test-browser test-fast test-lessons test-python lessons images site: export OMP_NUM_THREADS = 1
# A backend chosen elsewhere would keep figures out of the notebooks; without files of bytecode, each process would
# compile all sources anew.
unexport MPLBACKEND PYTHONDONTWRITEBYTECODE
# tools/lessons makes the notebooks, tools/reading the pages.
lessons check agree teacher site: export PYTHONPATH = tools

# Which worker runs what: tests/workers.py.
PARALLEL := --numprocesses=auto --maxprocesses=4
NBVAL := --nbval-lax --nbval-current-env --nbval-cell-timeout=300

# What reads the code and runs none of it: one handwriting, mistakes, the types of the public names.
define READ
$(PY) -m ruff format --check .
$(PY) -m ruff check .
$(PY) -m mypy
endef

.PHONY: help setup lab test test-browser test-fast test-lessons test-python lessons check agree teacher images site lock
.DEFAULT_GOAL := help

help: ## this list · 이 목록
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' Makefile | expand -t 19
	@echo
	@echo "PyTorch's build for NVIDIA GPUs, several GB, which no lesson needs: make lab GPU=1"
	@echo "NVIDIA GPU용 PyTorch(몇 GB이며 레슨에는 필요 없습니다): make lab GPU=1"
	@echo "Another Python · 다른 Python: make lab PYTHON=/path/to/python3.12"

lab: $(READY) ## set up if need be and open the lessons · 필요하면 준비하고 레슨 열기
	$(PY) -m ppo_edu

setup: $(READY) ## only set up .venv · .venv만 준비

# The Korean lessons run in the browser, with short trainings: tests/short_trainings.py. The English ones have the
# same code, which a test sees to; without a browser only the first of them runs here.
test: $(EXTRAS) ## format, lint, types, unit tests, doctests, every lesson in a browser · 코드 모양과 타입, 단위 테스트, 브라우저에서 모든 레슨까지 테스트
	$(READ)
	$(PY) tests/browser/chromium.py
	$(PY) -m pytest $(PARALLEL) $(NBVAL) tests ppo_edu notebooks/en/00_*.ipynb

test-browser: $(READY) ## every lesson in JupyterLab in a browser · 브라우저에서 모든 레슨 테스트
	$(PY) tests/browser/chromium.py
	$(PY) -m pytest $(PARALLEL) tests/browser

test-fast: $(EXTRAS) ## make test without the lessons and the browser · 레슨과 브라우저는 빼고 테스트
	$(READ)
	$(PY) -m pytest $(PARALLEL) --ignore=tests/browser

test-lessons: $(READY) ## every English lesson, its trainings to their end: do its cells print what is committed? · 영어 레슨을 훈련을 줄이지 않고 실행해 저장된 출력과 비교
	PPO_EDU_PROGRESS="$$(mktemp -d)/progress.json" $(PY) -m pytest $(PARALLEL) --dist=loadfile $(NBVAL) notebooks/en

test-python: $(EXTRAS) ## unit tests and doctests under another Python: VENV=.venv-3.13 PYTHON=… · 다른 Python으로 단위 테스트와 doctest (VENV=.venv-3.13 PYTHON=…)
	$(PY) -m pytest $(PARALLEL) --ignore=tests/browser

lessons: $(READY) ## write and execute notebooks/ko and /en; one: LESSON=ratio · 소스에서 노트북을 만들고 실행 (하나만: LESSON=ratio)
	$(PY) -m lessons $(if $(WORDS),--words) $(LESSON)

check: $(READY) ## are the notebooks what the sources make? · 노트북이 소스와 같은지 확인
	$(PY) -m lessons --check

agree: $(READY) ## LESSON=ratio: its Korean and English say the same · 두 언어의 내용이 같음을 기록
	$(PY) -m lessons --agree $(LESSON)

teacher: $(READY) ## the teacher's notes, without running a notebook · 노트북을 실행하지 않고 교사용 노트만 생성
	$(PY) -m lessons --teacher

images: $(READY) ## draw images/ · images/의 그림 새로 그리기
	$(PY) -m ppo_edu.figures

# Where the notebooks stand, for the links to them: make site NOTEBOOKS_AT=https://…/
site: $(READY) ## the lessons as pages for any web server or a USB stick: build/site · 레슨을 정적 페이지로: build/site
	$(PY) -m pip install --disable-pip-version-check --quiet --constraint requirements.lock --editable '.[site]'
	$(PY) -m reading $(if $(NOTEBOOKS_AT),--address $(NOTEBOOKS_AT)) $(if $(LESSON),--lesson $(LESSON))

# What is pinned stays pinned, unless UPGRADE=1; torch's own pin is changed by hand, in requirements.lock.
lock: $(READY) ## write requirements.lock anew; newest versions: UPGRADE=1 · requirements.lock을 새로 작성 (최신 버전으로: UPGRADE=1)
	$(PY) -m pip install --quiet uv
	grep '^torch==' requirements.lock | $(PY) -m uv --quiet --config-file .ci/torch.toml pip compile pyproject.toml \
	    --extra lab --extra test --extra class --extra cluster --extra site --constraints - --universal --python-version 3.11 --fork-strategy fewest \
	    $(if $(UPGRADE),--upgrade) --custom-compile-command "make lock" --output-file requirements.lock

# What PyPI has of PyTorch for Linux brings GPU libraries of several GB along; for other systems it is small anyway.
TORCH := "$$(grep '^torch==' requirements.lock)"
ifneq ($(shell uname -s),Linux)
PYTORCH := true
else ifdef GPU
PYTORCH := $(PY) -m pip list --format freeze | grep -q '^torch==.*+cpu' && $(PY) -m pip uninstall --yes torch || true
else
PYTORCH := $(PY) -m pip install --disable-pip-version-check --retries 1 --timeout 15 --no-deps \
    --index-url $(TORCH_CPU_INDEX) $(TORCH) || { \
    echo "The index of PyTorch's CPU builds does not answer: it comes from PyPI, with GPU libraries of several GB."; \
    echo "PyTorch CPU 빌드를 받는 곳이 응답하지 않아 PyPI에서 받습니다. 몇 GB의 GPU 라이브러리가 함께 옵니다."; }
endif

$(READY):
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "ppo_edu needs Python 3.11 or newer, and $(PYTHON) is none: make lab PYTHON=/path/to/python3.11"; \
	    echo "Python 3.11 이상이 필요합니다. 그보다 낮은 버전: $(PYTHON). 다음과 같이 고르세요: make lab PYTHON=/path/to/python3.11"; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu: sudo apt install python3-venv"; \
	    echo "$(PYTHON)에 venv가 없습니다. Debian과 Ubuntu에서는: sudo apt install python3-venv"; exit 1; }
	@echo "Setting up $(VENV); the first time takes some minutes · 가상 환경 준비: $(VENV). 처음에는 몇 분 걸립니다."
	@echo "To fetch: PyTorch $(if $(GPU),(with GPU libraries, several GB),(the CPU build, 0.2 GB)) and JupyterLab, matplotlib, SciPy and others; some 1.8 GB on the disk."
	@echo "받을 것: PyTorch$(if $(GPU),(GPU 라이브러리 포함 몇 GB),(CPU 빌드 0.2GB)), 그리고 JupyterLab, matplotlib, SciPy 등. 디스크에서 1.8GB쯤 차지합니다."
	$(PY) -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv --clear $(VENV)
	@$(PYTORCH)
	$(PY) -m pip install --disable-pip-version-check --constraint requirements.lock --editable '.[lab,test]'
	@rm -f $(VENV)/ready-* && touch $@

$(EXTRAS): $(READY)
	$(PY) -m pip install --disable-pip-version-check --quiet --constraint requirements.lock --editable '.[class,cluster]'
	if command -v npm >/dev/null; then npm install --silent --no-audit --no-fund --prefix $(VENV) configurable-http-proxy@4 || \
	    echo "JupyterHub's proxy could not be had, so its test is skipped"; fi
	@touch $@
