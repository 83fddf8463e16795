# SPDX-License-Identifier: MIT
# What Debian builds its packages with, in builds that are made to be installed. Flags that are given
# with the command line or the environment, as dpkg-buildflags does, go before: nothing is set twice,
# and nothing at all in builds of type None, which is for distributions.
if(CMAKE_BUILD_TYPE MATCHES "^(Release|RelWithDebInfo|MinSizeRel)$" AND NOT GPIOFS_SANITIZE)
  include(CheckPIESupported)
  include(CheckCXXCompilerFlag)
  check_pie_supported()
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  add_link_options(-Wl,-z,relro,-z,now)
  if(NOT CMAKE_CXX_FLAGS MATCHES "_FORTIFY_SOURCE")
    add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  endif()
  foreach(flag -fstack-protector-strong -fstack-clash-protection -fcf-protection -mbranch-protection=standard)
    string(REGEX MATCH "^-[a-z]+-[a-z]+" option ${flag})
    string(MAKE_C_IDENTIFIER "GPIOFS_HAS${flag}" known)
    if(NOT CMAKE_CXX_FLAGS MATCHES "${option}")
      check_cxx_compiler_flag(${flag} ${known})
      if(${known})
        add_compile_options(${flag})
      endif()
    endif()
  endforeach()
endif()
