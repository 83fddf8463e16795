# SPDX-License-Identifier: MIT
# mount(8) over real USB: by the USB identity, ended by umount, with the pins as promised; and with
# all privileges dropped, where nothing but the permission for the device node is left.
source "$(dirname "$0")/../lib.sh"
install -m 755 "$MPSSE_GPIOFS" /usr/local/bin/mpsse-gpiofs  # mount(8) takes no PATH along
start_sim FT232H,serial=VMMOUNT
mkdir -p "$mount_dir"

set_high() {
    put 516 "$mount_dir/export"
    put high "$mount_dir/gpio516/direction"
    expect "the board's own view" "$(sim get 0 adbus4/level)" 1
}

mount -t fuse.mpsse-gpiofs 0403:6014 "$mount_dir"
expect "source and type" "$(findmnt -no SOURCE,FSTYPE "$mount_dir")" "0403:6014 fuse.mpsse-gpiofs"
set_high
umount "$mount_dir"
eventually 20 has_driver 1-1:1.0 ftdi_sio
eventually 20 not programs

mount -t fuse -o on_exit=keep mpsse-gpiofs "$mount_dir"  # the only board there is
set_high
umount "$mount_dir"
eventually 20 not programs
expect "the pin after the end" "$(sim get 0 adbus4/level)" 1

options=drop_privileges,setuid=nobody,default_permissions,allow_other,fsname=gpio
chown nobody "$mount_dir"
expect_error "no permission for 1-1 (0403:6014)" \
    mount -t fuse.mpsse-gpiofs -o "$options" 0403:6014 "$mount_dir"
umount "$mount_dir"
chown nobody "$(printf '/dev/bus/usb/%03d/%03d' "$(cat "$usb_devices/1-1/busnum")" "$(cat "$usb_devices/1-1/devnum")")"
mount -t fuse.mpsse-gpiofs -o "$options" 0403:6014 "$mount_dir"
set_high
umount "$mount_dir"
eventually 20 not programs
