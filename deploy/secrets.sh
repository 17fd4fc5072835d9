#!/bin/sh
# Makes what compose.yaml mounts: the password of PostgreSQL, the address with it, and the key of the encryption at rest.
# Never overwrites: without its key a database cannot be read any more. Keep a copy of storage_keys apart from copies of the database.
#   sh deploy/secrets.sh [FOLDER]
set -eu
folder=${1:-secrets}
host=${2:-postgres}
umask 077
mkdir -p "$folder"
make() {
  if [ -e "$folder/$1" ]; then echo "$folder/$1: 已有，保持不变 / kept" >&2; else cat > "$folder/$1"; fi
}
head -c 24 /dev/urandom | base64 | tr '+/' '-_' | make postgres_password
printf 'postgresql://shensi:%s@%s:5432/shensi\n' "$(cat "$folder/postgres_password")" "$host" | make storage_url
head -c 32 /dev/urandom | base64 | make storage_keys
# The folder keeps others out; the users inside the containers must be able to read what is mounted from it.
chmod 0444 "$folder/postgres_password" "$folder/storage_url" "$folder/storage_keys"
