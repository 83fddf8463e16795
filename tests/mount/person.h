// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

namespace gpiofs::test {

struct Person {
    uid_t user;
    gid_t group;
    gid_t second_group;
};

/// What a function returns when this person runs it, in a process of its own.
std::string as(const Person& person, const std::function<std::string()>& function);

}  // namespace gpiofs::test
