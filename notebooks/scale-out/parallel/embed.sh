#!/usr/bin/env bash
# An archive in parts on one big machine, by GNU parallel: embed.sh ARCHIVE PARTS [COUNT [options of mlnetser embed]]
# As many parts at once as there are cores, one thread each; a part that fails is tried twice more. Run again, it does what is left.
set -euo pipefail
archive=$1 parts=$2 count=${3:-64}
shift $(($# < 3 ? $# : 3))
seq 0 $((count - 1)) | parallel --jobs "${JOBS:-100%}" --retries 3 --line-buffer --tagstring "part {}" \
    mlnetser embed --data "$archive" --out "$parts" --shard "{}/$count" --threads 1 "$@"
mlnetser embed --merge "$parts" --data "$archive"
