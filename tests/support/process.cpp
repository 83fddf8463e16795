// SPDX-License-Identifier: MIT
#include "support/process.h"

#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <stdexcept>
#include <unistd.h>

namespace gpiofs::test {
namespace {

int exit_status(int status) {
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

pid_t start(const std::vector<std::string>& command, int out, int err) {
    std::vector<char*> arguments;
    for (const auto& word : command) {
        arguments.push_back(const_cast<char*>(word.c_str()));
    }
    arguments.push_back(nullptr);
    const pid_t child = ::fork();
    if (child < 0) {
        throw std::runtime_error("fork: " + errno_name(errno));
    }
    if (child == 0) {
        const int in = ::open("/dev/null", O_RDONLY);
        ::dup2(in, STDIN_FILENO);
        ::dup2(out, STDOUT_FILENO);
        ::dup2(err, STDERR_FILENO);
        ::execvp(arguments[0], arguments.data());
        ::_exit(127);
    }
    return child;
}

}  // namespace

Process::Process(const std::vector<std::string>& command, const fs::path& output) {
    const UniqueFd out = open_file(output, O_WRONLY | O_CREAT | O_APPEND);
    if (!out) {
        throw std::runtime_error(output.string() + ": " + errno_name(errno));
    }
    pid_ = start(command, out.get(), out.get());
}

Process::~Process() {
    if (running()) {
        signal(SIGKILL);
        wait();
    }
}

bool Process::running() { return wait(std::chrono::milliseconds(0)) == -1; }

void Process::signal(int number) const noexcept {
    if (status_ == -1) {
        ::kill(pid_, number);
    }
}

int Process::wait(std::chrono::milliseconds limit) {
    wait_until(
        [this] {
            int status = 0;
            if (status_ == -1 && ::waitpid(pid_, &status, WNOHANG) == pid_) {
                status_ = exit_status(status);
            }
            return status_ != -1;
        },
        limit);
    return status_;
}

Finished run(const std::vector<std::string>& command) {
    const TemporaryFolder folder;
    const auto out_path = folder.path() / "out";
    const auto err_path = folder.path() / "err";
    const UniqueFd out = open_file(out_path, O_WRONLY | O_CREAT);
    const UniqueFd err = open_file(err_path, O_WRONLY | O_CREAT);
    const pid_t child = start(command, out.get(), err.get());
    Finished result;
    int status = 0;
    if (!wait_until([&] { return ::waitpid(child, &status, WNOHANG) == child; })) {
        ::kill(child, SIGKILL);
        ::waitpid(child, &status, 0);
    }
    result.status = exit_status(status);
    result.out = read_text(out_path);
    result.err = read_text(err_path);
    return result;
}

Finished shell(const std::string& script) { return run({"sh", "-euc", script}); }

}  // namespace gpiofs::test
