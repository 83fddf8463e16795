# gpiofs_system_path(variable pkg_config_package its_variable what)
# A cache variable with the folder another package reads, as that package tells it. These folders do
# not follow CMAKE_INSTALL_PREFIX: udev and systemd look nowhere else. Empty: `what` is not installed.
function(gpiofs_system_path variable package its_variable what)
  if(DEFINED CACHE{${variable}})
    return()
  endif()
  pkg_get_variable(path ${package} ${its_variable})
  if(path)
    set(${variable} ${path} CACHE PATH "Where to install ${what}; empty: nowhere")
  else()
    message(WARNING "${what} will not be installed: pkg-config knows no ${its_variable} of ${package} "
                    "(Debian: apt install ${package}). Or give -D${variable}=FOLDER")
  endif()
endfunction()

gpiofs_system_path(GPIOFS_UDEV_DIR udev udevdir "udev's rules and hwdb")
gpiofs_system_path(GPIOFS_UNIT_DIR systemd systemdsystemunitdir "systemd's unit")
