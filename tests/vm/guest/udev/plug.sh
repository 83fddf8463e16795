# SPDX-License-Identifier: MIT
# A board that is opted in with what --list prints is mounted by itself, and gone when it is pulled,
# twenty times: a script works, a poller wakes, the unit ends well, the numbers are the same. One
# whose unit was stopped is not started again by its pull, whatever systemd has forgotten.
source "$(dirname "$0")/../udev.sh"
start_sim FT232H,serial=VMUDEV
sim set 0 wires "adbus4 adbus5"
mount_dir=$below/VMUDEV
opt_in "1-1, serial VMUDEV"

for ((round = 1; round <= 20; round++)); do
    eventually 60 mounted VMUDEV
    expect "what it may do" "$(may_do 1-1)" "CapEff: CAP_SYS_ADMIN CapBnd: CAP_SYS_ADMIN NoNewPrivs: 1 Seccomp: 2"
    expect "chips" "$(cd "$mount_dir" && echo gpiochip* chip*)" "gpiochip512 chip0"
    put 516 "$mount_dir/export"
    put 517 "$mount_dir/export"
    put low "$mount_dir/gpio516/direction"
    put both "$mount_dir/gpio517/edge"
    start_poller "poller$round" 517 2
    put 1 "$mount_dir/gpio516/value"
    poller_says "poller$round" 'PRI|ERR 1'

    pull_plug
    poller_woke "poller$round"
    eventually 60 absent VMUDEV
    eventually 60 unit_is 1-1 inactive
    push_plug
    echo "round $round: $SECONDS s"
done
eventually 60 mounted VMUDEV

starts() {
    journalctl --sync
    journalctl -q -o cat --since "@$began" -t systemd | grep -c '^Starting mpsse-gpiofs@' || true
}
systemctl stop "$(unit_of 1-1)"
systemctl daemon-reload
expect "starts of 21 plugs" "$(starts)" 21
pull_plug
eventually 20 not test -e "$usb_devices/1-1"
push_plug
eventually 60 mounted VMUDEV
expect "starts of 22 plugs" "$(starts)" 22
expect "complaints" "$(complaints)" ""
