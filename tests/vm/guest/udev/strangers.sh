# SPDX-License-Identifier: MIT
# What strangers do to a board's service costs it no time: locks on all that they can open, a
# stopped daemon of another board, a stopped journal. Prints how long starts and stops take.
source "$(dirname "$0")/../udev.sh"
rounds=5
opt_in_all
start_sim FT232H,serial=VMTIMED FT232H,serial=VMSTUCK
attach 1-2
eventually 60 mounted VMTIMED
eventually 60 mounted VMSTUCK
unit=$(unit_of 1-1)
stuck=$(main_pid 1-2)
journal=$(systemctl show -P MainPID systemd-journald)

timed() {  # COMMAND...: prints milliseconds
    local begin=${EPOCHREALTIME/./}
    "$@" || fail "$*"
    echo $(((${EPOCHREALTIME/./} - begin) / 1000))
}
middle() { printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"; }
measure() {  # sets starts and stops, in milliseconds
    local round
    starts=() stops=()
    for ((round = 0; round < rounds; round++)); do
        stops+=("$(timed systemctl stop "$unit")")
        absent VMTIMED || fail "it is still mounted"
        starts+=("$(timed systemctl start "$unit")")
        mounted VMTIMED || fail "it is not mounted"
    done
}

measure
alone=("$(middle "${starts[@]}")" "$(middle "${stops[@]}")")

go_on() { kill -CONT "$stuck" "$journal"; }
also_at_end() { go_on; udev_at_end; }
lockers=()
for folder in /run "$below" "$below/VMTIMED" "$below/VMSTUCK"; do
    setpriv --reuid=65534 --regid=65534 --clear-groups flock "$folder" sleep 600 &
    lockers+=($!)
done
are_locked() { for locker in "${lockers[@]}"; do grep -q " $locker " /proc/locks || return 1; done; }
eventually 20 are_locked
kill -STOP "$stuck" "$journal"
measure
go_on
kill "${lockers[@]}"

says 'cleared a dead mount' && fail "a stop has left its mount to the next start"
with=("$(middle "${starts[@]}")" "$(middle "${stops[@]}")")
echo "FIGURE: start ${alone[0]} ms, with strangers ${with[0]} ms; stop ${alone[1]} ms, with strangers ${with[1]} ms"
# Each of the limits that a stranger could run into is a second or more.
((with[0] < alone[0] + 1000)) || fail "a start waits for a stranger"
((with[1] < alone[1] + 1000)) || fail "a stop waits for a stranger"
