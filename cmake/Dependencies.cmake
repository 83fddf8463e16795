# SPDX-License-Identifier: MIT
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
if(GPIOFS_SYSTEMD)
  gpiofs_require(SYSTEMD libsystemd 246 libsystemd-dev)
endif()
find_package(fmt 9 REQUIRED)

# What libfuse was built with where a pointer has 32 bits: its headers have structures with offsets
# and times. The time is of 64 bits on some releases, and only dpkg-buildflags tells which.
if(CMAKE_SIZEOF_VOID_P EQUAL 4)
  add_compile_definitions(_FILE_OFFSET_BITS=64)
  find_program(DPKG_BUILDFLAGS dpkg-buildflags)
  if(DPKG_BUILDFLAGS)
    execute_process(COMMAND ${DPKG_BUILDFLAGS} --get CPPFLAGS OUTPUT_VARIABLE flags COMMAND_ERROR_IS_FATAL ANY)
    if(flags MATCHES "-D_TIME_BITS=64")
      add_compile_definitions(_TIME_BITS=64)
    endif()
  endif()
endif()
