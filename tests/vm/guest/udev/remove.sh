# SPDX-License-Identifier: MIT
# The package is removed while a board is mounted: the mount goes with it, cleanly, the board is given
# back to ftdi_sio, and nothing is left.
built_sim=$MPSSE_SIM
source "$(dirname "$0")/../udev.sh"
MPSSE_SIM=$built_sim
opt_in_all
start_sim FT232H,serial=VMREMOVE
eventually 60 mounted VMREMOVE
hide_kernels_gpio
before=$(mounts | grep /sys/class)
systemctl enable --now "$sysfs_unit"
dpkg -L mpsse-gpiofs | grep mpsse-gpiofs >"$scratch/files"
dpkg -r mpsse-gpiofs || fail "dpkg -r"
absent . || fail "$below is left"
expect "mounts at /sys/class" "$(mounts | grep /sys/class)" "$before"
links=$(find /etc/systemd -name "$sysfs_unit")
expect "links to the unit" "$links" ""
eventually 60 has_driver 1-1:1.0 ftdi_sio
while read -r file; do
    [ ! -e "$file" ] || fail "$file is left"
done <"$scratch/files"
expect "complaints" "$(complaints)" ""
