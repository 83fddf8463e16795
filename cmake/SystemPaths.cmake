# gpiofs_system_path(variable pkg_config_package its_variable what)
# A cache variable with the folder another package reads, as that package tells it. These folders do
# not follow CMAKE_INSTALL_PREFIX: udev and systemd look nowhere else. Empty: `what` is not installed.
function(gpiofs_system_path variable package its_variable what)
  if(NOT DEFINED CACHE{${variable}})
    pkg_get_variable(path ${package} ${its_variable})
    if(NOT path)
      message(WARNING "${what} will not be installed: pkg-config knows no ${its_variable} of ${package} "
                      "(Debian: apt install ${package}); or give -D${variable}=FOLDER")
    endif()
    set(${variable} "${path}" CACHE PATH "Where to install ${what}; empty: nowhere")
  endif()
endfunction()

gpiofs_system_path(GPIOFS_UDEV_DIR udev udevdir "udev's rules and hwdb")
gpiofs_system_path(GPIOFS_UNIT_DIR systemd systemdsystemunitdir "systemd's unit")
