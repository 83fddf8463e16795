# SPDX-License-Identifier: MIT
# gpiofs_system_path(option folder what package its_variable newer_package)
# An option to install `what`, and a cache variable with the folder of another package that it goes
# to, as that package tells it. These folders do not follow CMAKE_INSTALL_PREFIX: udev and systemd
# look nowhere else. With the option off, the folder is empty.
function(gpiofs_system_path option folder what package its_variable newer_package)
  option(${option} "Install ${what}" ON)
  set(${folder} "" CACHE PATH "Where to install ${what}; empty: where ${package}.pc says")
  if(NOT ${option})
    message(STATUS "${what}: not installed (${option} is off)")
    set(${folder} "" PARENT_SCOPE)
    return()
  endif()
  if(NOT ${folder})
    pkg_get_variable(path ${package} ${its_variable})
    if(NOT path)
      message(FATAL_ERROR "Nothing says where ${what} go: pkg-config finds no ${its_variable} of ${package}. "
              "Install it (Debian 12: apt install ${package}; newer: apt install ${newer_package}), "
              "or name the folder with -D${folder}=FOLDER, or leave them out with -D${option}=OFF")
    endif()
    set_property(CACHE ${folder} PROPERTY VALUE ${path})
  endif()
  message(STATUS "${what}: to ${${folder}}")
endfunction()

gpiofs_system_path(GPIOFS_UDEV GPIOFS_UDEV_DIR "udev's rules and hwdb" udev udevdir systemd-dev)
gpiofs_system_path(GPIOFS_UNITS GPIOFS_UNIT_DIR "systemd's units" systemd systemdsystemunitdir systemd-dev)
