# Run by CPack between installing into its own folder and packing that: what Debian wants otherwise
# than `cmake --install` leaves it.
set(root "${CPACK_TEMPORARY_INSTALL_DIRECTORY}")
set(doc "${root}/usr/share/doc/mpsse-gpiofs")
set(source "${CPACK_GPIOFS_SOURCE_DIR}")

file(TIMESTAMP "${source}/CHANGELOG.md" date "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file("${source}/packaging/changelog.in" "${doc}/changelog.Debian" @ONLY)
file(RENAME "${doc}/CHANGELOG.md" "${doc}/changelog")
file(REMOVE "${doc}/LICENSE")
file(COPY "${source}/packaging/copyright" DESTINATION "${doc}")
file(COPY "${source}/packaging/lintian-overrides" DESTINATION "${root}/usr/share/lintian/overrides")
file(RENAME "${root}/usr/share/lintian/overrides/lintian-overrides"
     "${root}/usr/share/lintian/overrides/mpsse-gpiofs")

file(GLOB pages "${root}/usr/share/man/man*/*.[1-8]")
execute_process(COMMAND gzip -9nf ${pages} "${doc}/changelog" "${doc}/changelog.Debian"
                COMMAND_ERROR_IS_FATAL ANY)
