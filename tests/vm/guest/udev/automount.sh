# SPDX-License-Identifier: MIT
# fstab with x-systemd.automount: the first access mounts, nobody's interest unmounts, umount does,
# too, and each time the next access mounts anew, also after a kill; without the board it is an error.
source "$(dirname "$0")/../udev.sh"
mount_dir=/run/gpio-on-demand
unit=run-gpio\\x2don\\x2ddemand
unit_mounted() { systemctl --quiet is-active "$unit.mount"; }

start_sim FT232H,serial=VMAUTO
cat >>/etc/fstab <<END
serial:VMAUTO $mount_dir fuse.mpsse-gpiofs noauto,x-systemd.automount,x-systemd.idle-timeout=10s,timeout_ms=20000 0 0
END
systemctl daemon-reload
systemctl start "$unit.automount"
not programs || fail "mounted before the first access"

expect "lines" "$(cat "$mount_dir/gpiochip512/ngpio")" 16
unit_mounted || fail "systemd does not know of the mount"
eventually 60 not programs  # for want of interest
eventually 60 not unit_mounted
eventually 60 has_driver 1-1:1.0 ftdi_sio

expect "lines, again" "$(cat "$mount_dir/gpiochip512/ngpio")" 16
umount "$mount_dir"
eventually 60 not programs
eventually 60 not unit_mounted

pull_plug
eventually 60 not more_devices_than 0
expect_error "No such device" cat "$mount_dir/gpiochip512/ngpio"
journalctl --sync
journalctl -q -o cat --since "@$began" -u "$unit.mount" >"$scratch/unit"
grep -q "no board serial:VMAUTO is plugged in" "$scratch/unit" || fail "the journal does not say why"
push_plug
expect "lines, with the board back" "$(cat "$mount_dir/gpiochip512/ngpio")" 16

kill -KILL "$(programs | tr -dc 0-9)"
expect_error "Transport endpoint is not connected" cat "$mount_dir/gpiochip512/ngpio"
umount "$mount_dir"
eventually 60 not unit_mounted
expect "lines, after a kill" "$(cat "$mount_dir/gpiochip512/ngpio")" 16

systemctl stop "$unit.automount" "$unit.mount"
eventually 60 not programs
sed -i '\,fuse.mpsse-gpiofs,d' /etc/fstab
systemctl daemon-reload
expect "complaints" "$(complaints)" ""
