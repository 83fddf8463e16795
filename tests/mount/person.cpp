// SPDX-License-Identifier: MIT
#include "mount/person.h"

#include <doctest/doctest.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <exception>
#include <grp.h>
#include <unistd.h>

namespace gpiofs::test {
namespace {

/// Becomes this person for good.
bool become(const Person& person) {
    return ::setgroups(1, &person.second_group) == 0 && ::setgid(person.group) == 0 &&
           ::setuid(person.user) == 0;
}

}  // namespace

std::string as(const Person& person, const std::function<std::string()>& function) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        std::string said = "cannot become that user";
        try {
            said = become(person) ? function() : said;
        } catch (const std::exception& error) {
            said = error.what();
        }
        const ssize_t sent = ::write(ends[1], said.data(), said.size());
        ::_exit(sent == static_cast<ssize_t>(said.size()) ? 0 : 1);
    }
    ::close(ends[1]);
    std::string said(4096, '\0');
    said.resize(static_cast<std::size_t>(std::max<ssize_t>(::read(ends[0], said.data(), 4096), 0)));
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    return said;
}

}  // namespace gpiofs::test
