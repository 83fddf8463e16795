# SPDX-License-Identifier: MIT
"""What run-guest is made of: the guest's kernel, its initramfs, and the boot."""
