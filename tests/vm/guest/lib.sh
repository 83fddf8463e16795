# SPDX-License-Identifier: MIT
# Sourced by every scenario: the virtual board, the mount, checks, and cleaning up at the end.
# From the environment: MPSSE_SIM, MPSSE_GPIOFS and MPSSE_GPIOMON, the programs under test.
set -euo pipefail
shopt -s nullglob
guest=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
scratch=$(mktemp -d)
mount_dir=/run/gpio
control=/run/mpsse-sim.control
daemon_pid=''
sim_pid=''
python=(python3 -IS)  # starts in half the time of a full one
usb_devices=/sys/bus/usb/devices

fail() { echo "FAIL: $*"; exit 1; }
skip() { echo "SKIPPED: $*"; exit 77; }

expect() {  # WHAT ACTUAL WANTED
    [ "$2" = "$3" ] || fail "$1: got '$2', wanted '$3'"
}

expect_error() {  # ERROR-TEXT COMMAND...: fails with that text
    local wanted=$1 text
    shift
    if text=$("$@" 2>&1); then fail "$*: succeeded, wanted '$wanted'"; fi
    [[ $text == *"$wanted"* ]] || fail "$*: said '$text', wanted '$wanted'"
}

eventually() {  # SECONDS COMMAND...: waits until COMMAND succeeds
    local deadline=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$deadline" ] || fail "in time: $*"
        nap 0.05
    done
}

# Sleeps without starting a program, which is dear where processors are emulated.
mkfifo "$scratch/silence"
exec {silence}<>"$scratch/silence"
rm "$scratch/silence"
nap() { read -rt "$1" -u "$silence" _ || true; }  # SECONDS

not() { ! "$@"; }
gone() {  # PID
     [ ! -e "/proc/$1" ] || grep -q '^State:.*zombie' "/proc/$1/status"
}
programs() { grep -lsx mpsse-gpiofs /proc/[0-9]*/comm; }  # that run, however they were started
blocked_in_poll() { grep -q poll "/proc/$1/wchan"; }   # PID
blocked_in_fuse() { grep -q wait_answer "/proc/$1/wchan"; }

put() { printf '%s' "$1" >"$2"; }  # TEXT FILE

# The virtual board.

start_sim() {  # BOARD...: serves the boards and plugs in the first
    "$MPSSE_SIM" --control "$control" "$@" >"$scratch/sim.log" 2>&1 &
    sim_pid=$!
    eventually 20 grep -q 'listening on' "$scratch/sim.log"
    coproc relay { exec "${python[@]}" "$guest/control.py" "$control"; }
    exec {to_sim}>&"${relay[1]}" {from_sim}<&"${relay[0]}"
    attach 1-1
}

sim() {  # get N PATH | set N PATH TEXT
    local answer
    echo "$*" >&"$to_sim"
    read -rt 20 -u "$from_sim" answer || fail "mpsse-sim does not answer '$*'" >&2
    [[ $answer == ok* ]] || fail "mpsse-sim answers '$*' with '$answer'" >&2
    answer=${answer#ok}
    answer=${answer# }
    answer=${answer%;}
    [ -z "$answer" ] || echo "${answer//;/$'\n'}"
}

attach() {  # BUSID
    local before
    before=$(usb_count)
    try_attach "$1"
    eventually 20 more_devices_than "$before"
    eventually 40 udevadm settle --timeout=20  # udevd may drop the question when it is busy
}

# The server may still be busy with the end of the last connection.
try_attach() { eventually 20 usbip attach -r 127.0.0.1 -b "$1"; }  # BUSID

usb_count() {
    local devices=("$usb_devices"/[0-9]*-[0-9]*) interfaces=("$usb_devices"/[0-9]*-[0-9]*:*)
    echo $((${#devices[@]} - ${#interfaces[@]}))
}
more_devices_than() { [ "$(usb_count)" -gt "$1" ]; }

pull_plug() { sim set 0 plugged 0; }
push_plug() {  # when the kernel has seen it pulled: attach counts devices
    eventually 20 not test -e "$usb_devices/1-1"
    sim set 0 plugged 1
    attach 1-1
}

driver_of() { basename "$(readlink "$usb_devices/$1/driver")"; }  # INTERFACE such as 1-1:1.0
has_driver() { [ "$(driver_of "$1")" = "$2" ]; }
has_no_driver() { [ -e "$usb_devices/$1" ] && [ ! -e "$usb_devices/$1/driver" ]; }

# The daemon.

# OPTION... BOARD: mounts it, in the foreground so that its messages are kept.
start_daemon() {
    mkdir -p "$mount_dir"
    "$MPSSE_GPIOFS" -f "$@" "$mount_dir" >"$scratch/daemon.log" 2>&1 &
    daemon_pid=$!
    eventually 30 mounted_or_ended
    mountpoint -q "$mount_dir" || fail "mount: $(tail -n1 "$scratch/daemon.log")"
}

mounted_or_ended() { mountpoint -q "$mount_dir" || gone "$daemon_pid"; }
daemon_lives() { not gone "$daemon_pid"; }
not_mounted() { not grep -q " $mount_dir " /proc/mounts; }

stop_daemon() {  # by unmounting; its status must be 0
    fusermount3 -u "$mount_dir"
    expect_daemon_status 0
}

expect_daemon_status() {  # STATUS
    local status=0
    eventually 20 gone "$daemon_pid"
    wait "$daemon_pid" || status=$?
    daemon_pid=''
    expect "the daemon's exit status" "$status" "$1"
    not_mounted || fail "a mount is left behind"
}

reads() { [ "$(cat "$1")" = "$2" ]; }  # FILE TEXT

# The daemon's threads by name, without those that carry its own: libfuse keeps them once started.
thread_names() { cat "/proc/$daemon_pid"/task/*/comm | grep -vE '^(mpsse-gpiofs|fuse_worker)$' | sort | xargs; }
threads_are() { [ "$(thread_names)" = "$1" ]; }
fd_count() { find "/proc/$daemon_pid/fd" -mindepth 1 | wc -l; }
fds_at_most() { [ "$(fd_count)" -le "$1" ]; }

start_poller() {  # NAME LINE [EVENTS-TO-WAIT-FOR]: sets poller_pid once it sleeps in poll()
    "${python[@]}" "$guest/poller.py" "$mount_dir/gpio$2/value" "${3:-1}" >"$scratch/$1" 2>&1 &
    poller_pid=$!
    eventually 20 blocked_in_poll "$poller_pid"
}

poller_says() {  # NAME LINE-OF-ITS-OUTPUT
    eventually 20 grep -qx "$2" "$scratch/$1"
}

also_at_end() { :; }
clean_up() {
    local status=$?
    set +e
    if [ "$status" != 0 ] && [ "$status" != 77 ]; then
        for log in "$scratch"/*; do echo "--- $(basename "$log")"; tail -n 40 "$log"; done
        dmesg | tail -n 15
    fi
    fusermount3 -u -z "$mount_dir" 2>/dev/null
    usbip port 2>/dev/null | sed -n 's/^Port 0*\([0-9]\+\):.*/\1/p' |
        while read -r port; do usbip detach -p "$port"; done
    jobs -p | xargs -r kill 2>/dev/null
    eventually 10 not more_devices_than 0
    also_at_end
    rm -rf "$scratch" "$control"
    exit "$status"
}
trap clean_up EXIT
trap 'exit 124' TERM
