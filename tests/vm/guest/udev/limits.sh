# SPDX-License-Identifier: MIT
# Control groups that run out of tasks or memory: the exit status tells whether a daemon serves; a
# start that fails leaves no mount and no process behind. What was refused works with more room.
source "$(dirname "$0")/../udev.sh"
dir=/run/limited
mkdir "$dir"
served=0 refused=0

mounted_there() { grep -q " $dir " /proc/self/mountinfo; }
nobody_left() { [ -z "$(programs)" ]; }
limited() {  # PROPERTY...: one start with these limits
    local status=0
    systemd-run --scope --quiet "${@/#/--property=}" "$MPSSE_GPIOFS" --simulate FT232H "$dir" \
        2>"$scratch/said" || status=$?
    if [ "$status" = 0 ]; then
        served=$((served + 1))
        [ -e "$dir/export" ] || fail "$*: status 0, and nothing serves"
        umount "$dir"
    else
        refused=$((refused + 1))
        [ "$status" = 1 ] || [ "$status" = 137 ] || fail "$*: status $status"
        [ "$status" = 137 ] || expect "$*: lines" "$(grep -vc '^fuse: ' "$scratch/said")" 1
        ! mounted_there || fail "$*: status $status, and a mount is left: $(cat "$scratch/said")"
    fi
    eventually 20 nobody_left
}

for tasks in 1 2 3 4 5 6 7 8 9 10 12 16; do
    limited TasksMax=$tasks
done
echo "FIGURE: tasks: $served starts served, $refused were refused"
((served > 0 && refused > 0)) || fail "the limits of tasks are not where they matter"
served=0 refused=0
for kib in 512 1024 1536 2048 2560 3072 4096 5120 6144 8192 16384 32768; do
    limited MemoryMax=${kib}K MemorySwapMax=0
done
echo "FIGURE: memory: $served starts served, $refused were refused"
((served > 0 && refused > 0)) || fail "the limits of memory are not where they matter"
rmdir "$dir"
