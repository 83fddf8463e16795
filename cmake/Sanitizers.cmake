# GPIOFS_SANITIZE is a comma separated list for -fsanitize=, for example "address,undefined".
set(GPIOFS_SANITIZE "" CACHE STRING "Sanitizers to build everything with")
if(GPIOFS_SANITIZE)
  add_compile_options(-fsanitize=${GPIOFS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${GPIOFS_SANITIZE})
endif()
