# `cpack -G DEB` in the build folder, or the target "package".
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME mpsse-gpiofs)
set(CPACK_PACKAGE_CONTACT "The mpsse-gpiofs authors <mpsse-gpiofs@lists.example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "GPIO lines of FTDI MPSSE chips as a file tree")
set(CPACK_PACKAGE_DESCRIPTION
    "Mounts the GPIO lines of FTDI chips with an MPSSE engine (FT232H, FT2232H,
FT4232H, FT2232D and their relatives) as a tree that works like Linux's
/sys/class/gpio, with poll() for edges. It needs no kernel module.
.
Boards that are made for GPIO alone, and others that the administrator
chooses, are mounted when they are plugged in. mpsse-gpiomon prints
the edges of lines for shell scripts. mpsse-sim serves virtual boards over
USB/IP.")
set(CPACK_STRIP_FILES ON)
# Some files go to places outside any prefix.
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER ${CPACK_PACKAGE_CONTACT})
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "fuse3, udev")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${PROJECT_SOURCE_DIR}/packaging/postinst
    ${PROJECT_SOURCE_DIR}/packaging/prerm
    ${PROJECT_SOURCE_DIR}/packaging/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/packaging/stage.cmake)
set(CPACK_GPIOFS_SOURCE_DIR ${PROJECT_SOURCE_DIR})
include(CPack)
