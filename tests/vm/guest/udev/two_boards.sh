# SPDX-License-Identifier: MIT
# Boards side by side, two of them with the same serial: each has a mount of its own, and one that is
# pulled takes nothing from the others.
source "$(dirname "$0")/../udev.sh"
opt_in_all
start_sim FT232H,serial=VMTWIN FT232H,serial=VMTWIN FT2232H,serial=VMOTHER
eventually 60 mounted VMTWIN
try_attach 1-2
try_attach 1-3
eventually 60 mounted 1-2
eventually 60 mounted VMOTHER

for name in VMTWIN 1-2 VMOTHER; do
    put 516 "$below/$name/export"
done
put high "$below/VMTWIN/gpio516/direction"
put low "$below/1-2/gpio516/direction"
expect "level of the first" "$(sim get 0 adbus4/level)" 1
expect "level of the second" "$(sim get 1 adbus4/level)" 0

mount_dir=$below/1-2
start_poller second 516
pull_plug
eventually 60 absent VMTWIN
expect "the second" "$(cat "$below/1-2/gpio516/direction")" out
expect "the other" "$(cat "$below/VMOTHER/gpio516/direction")" in
blocked_in_poll "$poller_pid" || fail "the first woke the second's poller"
push_plug
eventually 60 mounted VMTWIN
sim set 1 plugged 0
eventually 60 absent 1-2
poller_woke second
expect "complaints" "$(complaints)" ""
