"""Exit 0 where the PostgreSQL of the first argument takes connections."""

import sys

import psycopg

try:
    psycopg.connect(sys.argv[1].replace("+psycopg", "", 1), connect_timeout=3).close()
except psycopg.Error:
    sys.exit(1)
