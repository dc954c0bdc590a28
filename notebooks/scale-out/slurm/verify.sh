#!/usr/bin/env bash
# What embed.sbatch promises, on a real Slurm of two nodes that this script starts on this machine (as root; apt install slurm-wlm munge):
# an array embeds an archive; some tasks are killed by SIGKILL and a node is drained on the way; the parts are complete in the end, their
# merged file is the one that a single process writes, byte for byte, and no part was written twice.
#   verify.sh ARCHIVE [TASKS [KILLS]]
# MLNETSER is the tool's command (default: mlnetser); VERIFY_KILL_AFTER lets tasks work for some seconds before they are killed.
set -euo pipefail
archive=$(realpath "$1") tasks=${2:-8} kills=${3:-3}
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
pids=()
stop() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait
    rm -rf "$work"
}
trap stop EXIT
say() { echo "$(date +%T) $*"; }
fail() {
    say "FAILED: $*"
    tail -n 5 "$work"/*.log || true
    exit 1
}
# Waits for a command to succeed: until SECONDS COMMAND
until_ok() {
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || fail "timed out: $*"
        sleep 0.2
    done
}
free_port() { while port=$((20000 + RANDOM % 20000)) && ss -ltn | grep -q ":$port "; do :; done; echo "$port"; }

mkdir -p "$work"/{bin,pids,state,spool}
chmod 755 "$work"
# The tool's own process id, by which it is killed.
cat >"$work/bin/mlnetser" <<END
#!/usr/bin/env bash
[ -z "\${SLURM_ARRAY_TASK_ID:-}" ] || echo \$\$ >"$work/pids/\$SLURM_ARRAY_TASK_ID"
exec ${MLNETSER:-$(command -v mlnetser)} "\$@"
END
chmod +x "$work/bin/mlnetser"
export PATH="$work/bin:$PATH"

dd if=/dev/urandom of="$work/munge.key" bs=1024 count=1 status=none
chmod 600 "$work/munge.key"
munged --foreground --force --key-file="$work/munge.key" --socket="$work/munge.socket" \
    --pid-file="$work/munge.pid" --seed-file="$work/munge.seed" --log-file="$work/munge.log" 2>/dev/null &
pids+=($!)
until_ok 20 munge --socket="$work/munge.socket" -n

host=$(hostname -s)
cat >"$work/slurm.conf" <<END
ClusterName=local
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$(free_port)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket,cred_expire=5
CredType=cred/munge
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool/%n
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd-%n.pid
SlurmctldLogFile=$work/slurmctld.out
SlurmdLogFile=$work/slurmd-%n.out
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,bf_interval=1
ReturnToService=2
MpiDefault=none
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$(free_port) CPUs=1 RealMemory=4096
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$(free_port) CPUs=1 RealMemory=4096
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
END
export SLURM_CONF="$work/slurm.conf"
slurmctld -D -c >/dev/null 2>&1 &
pids+=($!)
for node in n1 n2; do
    mkdir -p "$work/spool/$node"
    slurmd -D -N "$node" >/dev/null 2>&1 &
    pids+=($!)
done
idle() { [ "$(sinfo -h -N -t idle -o %N | sort -u | wc -l)" -eq 2 ]; }
until_ok 60 idle
say "Slurm $(slurmctld -V | cut -d' ' -f2): $(sinfo -h -N -o %N=%T | paste -sd' ')"

cd "$work"
job=$(sbatch --parsable --array=0-$((tasks - 1)) "$here/embed.sbatch" "$archive" "$work/parts")
killed=()
drained=
busy() { [ -n "$(squeue -h -j "$job")" ]; }
begin=$SECONDS
looks=0
# Asking Slurm takes longer than a small part does, so it is asked now and then.
while [ "${#killed[@]}" -lt "$kills" ] && { [ $((++looks % 50)) -ne 0 ] || busy; }; do
    for file in "$work"/parts/.part-*.partial; do
        [ -e "$file" ] || continue
        task=${file##*/.part-}
        task=$((10#${task%%-*}))
        case " ${killed[*]-} " in *" $task "*) continue ;; esac
        # In the middle of the work, and not in its first moment, if there is enough of it.
        began=$(stat -c %W "$file" 2>/dev/null) || continue
        [ $(($(date +%s) - began)) -ge "${VERIFY_KILL_AFTER:-0}" ] || continue
        [ "${#killed[@]}" -lt "$kills" ] || break
        kill -KILL "$(cat "$work/pids/$task")" || continue
        killed+=("$task")
        say "task $task: killed"
        if [ -z "$drained" ]; then
            drained=n2
            scontrol update NodeName=n2 State=DRAIN Reason=verify
            say "node n2: draining"
        fi
    done
    sleep 0.02
done
[ "${#killed[@]}" -eq "$kills" ] || fail "only ${#killed[@]} tasks could be killed"
done_all() { ! busy; }
until_ok "${VERIFY_SECONDS:-7200}" done_all
say "the array is done after $((SECONDS - begin)) s; nodes: $(sinfo -h -N -o %N=%T | sort -u | paste -sd' ')"

mlnetser embed --merge parts --data "$archive" --out merged.parquet || fail "the parts are not complete"
for ((task = 0; task < tasks; task++)); do
    log="embed-${job}_$task.log"
    starts=$(grep -c "as SLURM_ARRAY_TASK_ID says" "$log") writes=$(grep -c " embeddings of " "$log")
    expected=1
    case " ${killed[*]} " in *" $task "*) expected=2 ;; esac
    [ "$starts/$writes" = "$expected/1" ] || fail "task $task: $starts starts and $writes writes, expected $expected and 1"
done
say "$((tasks + kills)) starts, $tasks parts written, each once; started again: ${killed[*]}"

scontrol update NodeName=n2 State=RESUME
again=$(sbatch --parsable --array=0-$((tasks - 1)) "$here/embed.sbatch" "$archive" "$work/parts")
job=$again
until_ok 600 done_all
[ "$(grep -l "Finished already" embed-"$again"_*.log | wc -l)" -eq "$tasks" ] || fail "the same array once more did something"
say "the same array once more found everything finished"

begin=$SECONDS
mlnetser embed --data "$archive" --out one --shard 0/1 2>/dev/null
cmp merged.parquet one/part-00000-of-00001.parquet || fail "the merged file is not the single process's"
say "the merged file ($(stat -c %s merged.parquet) bytes) is the one of a single process, which took $((SECONDS - begin)) s"
