# SPDX-License-Identifier: MIT
# The package is installed while a GPIO-only board is plugged in: it is mounted, with no more ado,
# and so it is after a replug.
built_sim=$MPSSE_SIM
source "$(dirname "$0")/../udev.sh"
MPSSE_SIM=$built_sim

# Emulated processors on a busy machine: man-db would take minutes, and the chip's start, at times,
# longer than what suits real ones.
rm -f /var/lib/man-db/auto-update
for unit in mpsse-gpiofs@.service mpsse-gpiofs-sysfs.service; do
    patience=/etc/systemd/system/$unit.d/patience.conf
    mkdir -p "$(dirname "$patience")"
    dpkg-deb --fsys-tarfile "$PACKAGES/this.deb" |
        tar -xO --wildcards "*/$unit" |
        sed -n 's/^ExecStart=\(.* -o \)/[Service]\nExecStart=\nExecStart=\1timeout_ms=20000,/p' \
            >"$patience"
    grep -q timeout_ms "$patience" || fail "$unit has no -o"
done

start_sim FT2232H,id=0c52:a064,serial=VMSEA
dpkg -i "$PACKAGES/this.deb" || fail "dpkg -i"
eventually 60 mounted VMSEA
expect "chips" "$(cd "$below/VMSEA" && echo gpiochip*)" "gpiochip512 gpiochip528"
pull_plug
eventually 60 absent VMSEA
push_plug
eventually 60 mounted VMSEA

expect "what is at /sys/class/gpio" "$(systemctl is-enabled "$sysfs_unit")" disabled
expect "complaints" "$(complaints)" ""
