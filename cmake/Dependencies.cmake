# What the program is built from; each message says what to install.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)

function(gpiofs_require target package version debian)
  pkg_check_modules(${target} IMPORTED_TARGET ${package}>=${version})
  if(NOT ${target}_FOUND)
    message(FATAL_ERROR "${package} ${version} or newer is needed (Debian: apt install ${debian})")
  endif()
endfunction()

gpiofs_require(FUSE3 fuse3 3.12 libfuse3-dev)
gpiofs_require(LIBUSB libusb-1.0 1.0.22 libusb-1.0-0-dev)
gpiofs_require(LIBCAP libcap 2.25 libcap-dev)
gpiofs_require(SYSTEMD libsystemd 246 libsystemd-dev)
find_package(fmt 9 REQUIRED)
