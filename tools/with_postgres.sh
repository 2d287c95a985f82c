#!/usr/bin/env bash
# with_postgres.sh [--if-possible] COMMAND...: run a command with NUMERALS_TEST_POSTGRES set to a
# temporary PostgreSQL server, which listens on a socket only and is always stopped afterwards.
# Installs PostgreSQL with apt-get if it is missing and the user is root. With --if-possible the
# command also runs without a server.
set -euo pipefail

if_possible=
if [ "${1:-}" = --if-possible ]; then
  if_possible=yes
  shift
fi
[ $# -gt 0 ] || { echo "with_postgres: which command?" >&2; exit 2; }

find_server() {
  local found
  found=$(command -v initdb || true)
  if [ -z "$found" ]; then
    # Debian installs each version into its own folder, outside of PATH.
    found=$(find /usr/lib/postgresql -name initdb -type f 2>/dev/null | sort -V | tail -n 1 || true)
  fi
  [ -n "$found" ] && dirname "$(readlink -f "$found")"
}

binaries=$(find_server || true)
if [ -z "$binaries" ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  echo "with_postgres: installing postgresql" >&2
  # Prevent the package from starting a system server.
  mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] ||
    echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.conf
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends postgresql; } >/dev/null ||
    echo "with_postgres: apt-get cannot install postgresql" >&2
  binaries=$(find_server || true)
fi
if [ -z "$binaries" ] && [ -n "$if_possible" ]; then
  echo "with_postgres: no PostgreSQL server: its tests are skipped" >&2
  exec "$@"
fi
if [ -z "$binaries" ]; then
  echo "with_postgres: no PostgreSQL server found; install the package postgresql" >&2
  exit 1
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/numerals-pg.XXXXXX")
as_server() { "$@"; }
if [ "$(id -u)" -eq 0 ]; then # the server refuses to run as root
  account=nobody
  ! id -u postgres >/dev/null 2>&1 || account=postgres
  chown "$account" "$folder"
  as_server() { (cd "$folder" && setpriv --reuid "$account" --regid "$(id -g "$account")" --clear-groups "$@"); }
fi

stop() {
  as_server "$binaries/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap stop EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

as_server "$binaries/initdb" -D "$folder/data" -U numerals -A trust -E UTF8 --locale=C \
  >"$folder.log" 2>&1 || { cat "$folder.log" >&2; exit 1; }
rm -f "$folder.log"
as_server "$binaries/pg_ctl" -D "$folder/data" -l "$folder/server.log" -w -t 60 start \
  -o "-c listen_addresses='' -c unix_socket_directories='$folder' -c unix_socket_permissions=0777" \
  >/dev/null || { cat "$folder/server.log" >&2; exit 1; }
chmod 755 "$folder"

export NUMERALS_TEST_POSTGRES="postgresql://numerals@/postgres?host=$folder"
"$@" &
command_id=$!
# A signal interrupts `wait`, so that the server is also stopped while the command runs.
trap 'kill -TERM $command_id 2>/dev/null || true; exit 143' TERM
trap 'kill -INT $command_id 2>/dev/null || true; exit 130' INT
wait "$command_id"
