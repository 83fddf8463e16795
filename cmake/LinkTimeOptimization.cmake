# SPDX-License-Identifier: MIT
# An access costs a microsecond of the program and crosses many small functions of many folders:
# those folders and the program are optimized as a whole. Test programs are not, they only link longer
# for it; the libraries have code for both.
set(GPIOFS_LTO OFF)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT GPIOFS_SANITIZE
   AND CMAKE_BUILD_TYPE MATCHES "^(None|Release|RelWithDebInfo|MinSizeRel)$")
  set(GPIOFS_LTO ON)
  set(CMAKE_CXX_COMPILE_OPTIONS_IPO -flto=auto -ffat-lto-objects)
endif()
