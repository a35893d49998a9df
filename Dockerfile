# The image of the action. GitHub builds it at the start of every job that uses it, so it is built quickly and starts quickly.
#
# What runs is assembled below /image and copied into an empty image: the interpreter, the libraries it needs, the packages
# of requirements.lock and the gate. No shell, no package manager, no compiler.
#
# Written for the classic builder as well. It runs as root and sets no WORKDIR, as GitHub asks of container actions.

FROM python:3.13-slim AS build

# (1) The packages: by hash, and wheels only, so that no stranger's setup script runs.
COPY requirements.lock /build/
RUN pip install --quiet --no-cache-dir --no-compile --disable-pip-version-check --root-user-action=ignore \
        --require-hashes --only-binary=:all: --ignore-installed --prefix=/image/usr/local -r /build/requirements.lock \
    && rm -rf /image/usr/local/bin /image/usr/local/lib/python3.13/site-packages/tests

# (2) The interpreter, without the parts of its library that install, test or draw.
RUN tar -c -C / --exclude=site-packages --exclude=__pycache__ --exclude=ensurepip --exclude=venv --exclude=test \
        --exclude=idlelib --exclude=tkinter --exclude=turtledemo --exclude=pydoc_data --exclude='config-3.13-*' \
        --exclude=curses --exclude=dbm --exclude=sqlite3 --exclude='_sqlite3.*.so' --exclude='_*dbm.*.so' \
        --exclude='_curses*.so' --exclude='readline.*.so' --exclude='_tkinter.*.so' --exclude='_*test*.so' --exclude='xx*.so' \
        usr/local/bin/python usr/local/bin/python3 usr/local/bin/python3.13 usr/local/lib/python3.13 \
    | tar -x -C /image

# (3) What it loads from the system: shared libraries, and the certificates at the places compiled into OpenSSL.
RUN mkdir -p /image/etc /image/usr/lib64 /usr/local/share/ca-certificates && mkdir -m 1777 /image/tmp \
    && cp -a --parents /lib* /etc/ld.so.conf* /etc/nsswitch.conf /etc/ssl /usr/lib/ssl \
        /usr/share/ca-certificates /usr/local/share/ca-certificates /image \
    && find /image/usr/local -type f \( -name '*.so' -o -name '*.so.*' -o -name python3.13 \) -exec ldd {} + \
        | sed -nE 's#^\s+(.* => )?(/[^ ]+) \(0x.*#\2#p' | grep -v ^/image/ | sort -u \
        | xargs cp -L --parents -t /image \
    && ldconfig -r /image

# (4) Byte code for all of it. Nothing changes it later, so it is never compared with its source.
RUN python -m compileall -q -j 0 --invalidation-mode unchecked-hash -s /image -p / /image/usr/local/lib/python3.13

# (5) The gate. The last line proves that what was assembled starts, before a job depends on it.
COPY LICENSE entrypoint.py /image/app/
COPY sekuire_gate /image/usr/local/lib/python3.13/site-packages/sekuire_gate
RUN chmod 755 /image/app/entrypoint.py \
    && python -m compileall -q --invalidation-mode unchecked-hash -s /image -p / \
        /image/usr/local/lib/python3.13/site-packages/sekuire_gate \
    && chroot /image /usr/local/bin/python -I -c 'import blake3, cryptography, httpx, pydantic_core, sekuire_gate.cli, ssl, yaml._yaml'

FROM scratch
LABEL org.opencontainers.image.title="sekuire-gate" \
      org.opencontainers.image.description="Stops an AI agent from being merged or released when it breaks its workspace's policy." \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /image/ /
ENTRYPOINT ["/app/entrypoint.py"]
