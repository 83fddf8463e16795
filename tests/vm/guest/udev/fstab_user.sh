# SPDX-License-Identifier: MIT
# fstab with noauto,user: who is in plugdev mounts, reads, writes, polls and unmounts, with no other
# privilege; nobody else gets in, and who is not in plugdev is told so.
source "$(dirname "$0")/../udev.sh"
mount_dir=/run/gpio-of-user
as_user=(setpriv --reuid=nobody --regid=plugdev --clear-groups)
as_other=(setpriv --reuid=daemon --regid=daemon --clear-groups)

start_sim FT232H,serial=VMFSTAB
sim set 0 wires "adbus4 adbus5"
mkdir "$mount_dir"
cat >>/etc/fstab <<END
0403:6014 $mount_dir fuse.mpsse-gpiofs noauto,user,timeout_ms=20000 0 0
END

chown daemon "$mount_dir"
expect_error "no permission for 1-1 (0403:6014)" "${as_other[@]}" mount "$mount_dir"
chown nobody "$mount_dir"

"${as_user[@]}" mount "$mount_dir"
program=$(programs)
expect "capabilities" "$(sed -n 's/^CapEff:\t//p' "${program/comm/status}")" 0000000000000000
"${as_user[@]}" sh -ec 'cd "$0"; echo 516 >export; echo 517 >export
    echo low >gpio516/direction; echo both >gpio517/edge' "$mount_dir"
"${as_user[@]}" "${python[@]}" "$guest/poller.py" "$mount_dir/gpio517/value" 1 >"$scratch/poller" 2>&1 &
eventually 20 blocked_in_poll $!
"${as_user[@]}" sh -ec 'echo 1 >"$0"' "$mount_dir/gpio516/value"
poller_says poller 'PRI|ERR 1'
expect "the board's own view" "$(sim get 0 adbus5/level)" 1
expect_error "Permission denied" "${as_other[@]}" cat "$mount_dir/gpio517/value"
expect_error "Permission denied" cat "$mount_dir/gpio517/value"  # not even root: no allow_other
"${as_user[@]}" umount "$mount_dir"
eventually 60 not programs
eventually 60 has_driver 1-1:1.0 ftdi_sio

"${as_user[@]}" mount "$mount_dir"
"${as_user[@]}" fusermount3 -u "$mount_dir"
eventually 60 not programs
not_mounted || fail "it is still mounted"
sed -i '\,fuse.mpsse-gpiofs,d' /etc/fstab
