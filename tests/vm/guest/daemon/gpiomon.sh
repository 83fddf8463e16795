# SPDX-License-Identifier: MIT
# mpsse-gpiomon on the kernel's own tree: lines of gpio-sim, which have no `events`.
source "$(dirname "$0")/../lib.sh"
modprobe gpio-sim 2>/dev/null || skip "this kernel has no gpio-sim"
[ -w /sys/class/gpio/export ] || skip "this kernel has no /sys/class/gpio"

root=/sys/class/gpio
config=/sys/kernel/config/gpio-sim/board
mountpoint -q /sys/kernel/config || mount -t configfs configfs /sys/kernel/config
mkdir -p "$config/bank"
also_at_end() {
    [ -d "$config" ] || return
    [ "$(cat "$config/live")" = 0 ] || put 0 "$config/live"
    rmdir "$config/bank" "$config"
}
put 8 "$config/bank/num_lines"
put 1 "$config/live"
pins=/sys/devices/platform/$(cat "$config/dev_name")/$(cat "$config/bank/chip_name")
base=''
for chip in "$root"/gpiochip*; do
    case $(readlink -f "$chip/device") in */"$(cat "$config/dev_name")"*) base=$(cat "$chip/base") ;; esac
done
[ -n "$base" ] || fail "no chip of gpio-sim in $root"
line=$((base + 3))
other=$((base + 5))

drive() { put "pull-$2" "$pins/sim_gpio$1/pull"; }  # OFFSET up|down
watches() { [ "$(cat "/proc/$1/comm")" = mpsse-gpiomon ] && grep -q poll "/proc/$1/wchan"; }  # PID
start_monitor() {  # NAME ARGUMENT...: sets monitor_pid once it sleeps in poll()
    "$MPSSE_GPIOMON" "${@:2}" >"$scratch/$1" 2>"$scratch/$1.err" &
    monitor_pid=$!
    eventually 20 watches "$monitor_pid"
}
status_of() {  # PID: sets status
    status=0
    eventually 20 gone "$1"
    wait "$1" 2>/dev/null || status=$?
}
# Times are left out.
said() { expect "$1" "$(cut -d' ' -f2- "$scratch/$1" | xargs)" "$2"; }  # NAME LINES
has_lines() { [ "$(wc -l <"$scratch/$1")" -ge "$2" ]; }  # NAME COUNT

# Not exported: the message ends with the command that helps.
status=0
"$MPSSE_GPIOMON" --root "$root" "$line" 2>"$scratch/message" || status=$?
expect "not exported" "$status" 1
expect "message" "$(cat "$scratch/message")" "mpsse-gpiomon: '$line': not exported: echo $line > $root/export"
put "$line" "$root/export"
put "$other" "$root/export"

# Edges as they come, with the time of waking; the line is put back.
start_monitor numbers -n 3 --root "$root" "$line"
expect "edge while watched" "$(cat "$root/gpio$line/edge")" both
drive 3 up
eventually 20 has_lines numbers 1
drive 3 down
eventually 20 has_lines numbers 2
drive 3 up
status_of "$monitor_pid"
expect "after 3 edges" "$status" 0
said numbers "$line rising 0 $line falling 0 $line rising 0"
read -r seconds _ </proc/uptime
read -r nanoseconds _ <"$scratch/numbers"
[ "$nanoseconds" -gt 0 ] && [ "$((nanoseconds / 1000000000))" -le "${seconds%.*}" ] || fail "the time is $nanoseconds"
expect "edge afterwards" "$(cat "$root/gpio$line/edge")" none

# What it misses shows in the level; -e keeps the count.
start_monitor missed "$root/gpio$line"
kill -STOP "$monitor_pid"
drive 3 down
drive 3 up
kill -CONT "$monitor_pid"
eventually 20 has_lines missed 1
kill "$monitor_pid"
status_of "$monitor_pid"
expect "ended by SIGTERM" "$status" 143
said missed "$root/gpio$line rising 1"

# Two monitors, two lines; the last one puts the line back.
start_monitor falling -e falling "$root/gpio$line" "$root/gpio$other"
first=$monitor_pid
start_monitor both "$root/gpio$line"
second=$monitor_pid
drive 3 down
eventually 20 has_lines falling 1
eventually 20 has_lines both 1
drive 5 up
drive 5 down
eventually 20 has_lines falling 2
kill -INT "$first" || true  # ignored in the background of a script
kill "$first"
status_of "$first"
expect "edge with one monitor left" "$(cat "$root/gpio$line/edge")" both
expect "edge of the other line" "$(cat "$root/gpio$other/edge")" none
kill -HUP "$second"
status_of "$second"
expect "ended by SIGHUP" "$status" 129
expect "edge with none left" "$(cat "$root/gpio$line/edge")" none
[[ $(tail -n1 "$scratch/falling") == *"gpio$other falling "* ]] || fail "falling says $(cat "$scratch/falling")"

# A line that the user has armed stays so, and must suit -e.
put rising "$root/gpio$line/edge"
status=0
"$MPSSE_GPIOMON" "$root/gpio$line" 2>"$scratch/message" || status=$?
expect "armed otherwise" "$status" 1
status=0
"$MPSSE_GPIOMON" -e rising -i 1500 "$root/gpio$line" || status=$?
expect "no edge in time" "$status" 3
expect "the user's edge" "$(cat "$root/gpio$line/edge")" rising

# The kernel wakes nobody when a line goes; the monitor finds out.
start_monitor unexported -e rising "$root/gpio$line"
put "$line" "$root/unexport"
status_of "$monitor_pid"
expect "unexported" "$status" 4
grep -q 'the line has gone' "$scratch/unexported.err" || fail "no word of the line that has gone"
start_monitor again "$root/gpio$other"
put "$other" "$root/unexport"
put "$other" "$root/export"
status_of "$monitor_pid"
expect "unexported and exported again" "$status" 4
start_monitor unplugged "$root/gpio$other"
put 0 "$config/live"
status_of "$monitor_pid"
expect "the chip has gone" "$status" 4
