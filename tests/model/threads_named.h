// SPDX-License-Identifier: MIT
#pragma once

#include <dirent.h>
#include <fstream>
#include <memory>
#include <string>

namespace gpiofs::test {

/// How many threads of this process have this name. A thread may end while it is being counted.
inline int threads_named(const std::string& name) {
    int count = 0;
    const std::unique_ptr<DIR, int (*)(DIR*)> tasks(opendir("/proc/self/task"), closedir);
    while (const dirent* task = readdir(tasks.get())) {
        std::ifstream file("/proc/self/task/" + std::string(task->d_name) + "/comm");
        std::string comm;
        count += std::getline(file, comm) && comm == name ? 1 : 0;
    }
    return count;
}

}  // namespace gpiofs::test
