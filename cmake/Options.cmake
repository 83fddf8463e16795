# SPDX-License-Identifier: MIT
# What can be left out.
include(CMakeDependentOption)
option(GPIOFS_SYSTEMD "Tell systemd when the mount answers, which its units wait for; needs libsystemd" ON)
option(GPIOFS_SIMULATOR "Virtual boards: --simulate" ON)
cmake_dependent_option(GPIOFS_MPSSE_SIM "mpsse-sim: virtual boards over USB/IP" ON GPIOFS_SIMULATOR OFF)
